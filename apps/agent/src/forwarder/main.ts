import { lookup } from 'node:dns/promises';
import { RelayListeners } from '@berth/contract/forwarder';
import { systemClock } from '@berth/runtime/clock';
import { forward } from './program.ts';

/** What is open when it is told to stop has this long; its successor answers already. */
const leaveMs = 9_000;

const stopping = new AbortController();
process.once('SIGTERM', () => {
  void systemClock.sleep(leaveMs).then(() => stopping.abort());
});
await forward({
  listeners: RelayListeners.parse(JSON.parse(process.env.FORWARDER ?? '[]')),
  address: '0.0.0.0',
  lookUp: async (host) => (await lookup(host, { family: 4, all: true })).map(({ address }) => address),
  clock: systemClock,
  signal: stopping.signal,
});
process.exit(0);

import { readFile } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { createEngine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import { startAgent } from './agent.ts';
import { createLog } from './log.ts';
import { readConfig } from './read-config.ts';

/** Starts the agent of this node from `BERTH_CONFIG`, and stops it on SIGTERM and SIGINT. The edge goes on. */
const config = readConfig(await readFile(process.env.BERTH_CONFIG ?? '/etc/berth/config.json', 'utf8'));
const log = createLog({
  level: config.logLevel,
  base: { part: 'agent' },
  write: (line) => process.stdout.write(line),
  now: systemClock.now,
});
const agent = await startAgent({
  config,
  engine: createEngine(socketTransport(config.engineSocket)),
  clock: systemClock,
  log,
});
log.info({ version: config.version, platform: config.platform }, 'agent started');
// With NODE_COMPILE_CACHE set, the next start needs no TypeScript compiler in memory, even after a kill.
flushCompileCache();

for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => {
    log.info({ signal: name }, 'agent stops');
    agent.close().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'the agent did not stop as it should');
        process.exit(1);
      },
    );
  });

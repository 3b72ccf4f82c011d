import { connect, type Socket } from 'node:net';
import { startLoad } from '@berth/load/load';
import { removeApp } from '../deploying.ts';
import type { PlatformUnderTest } from '../platform.ts';
import type { Bench } from './bench.ts';
import { figure, format } from './measure.ts';
import { deployImage, twoImages } from './timing.ts';

const app = 'bench-held';
const connections = 10_000;

/** Thousands of idle keep-alive connections and a steady load, held while releases change. */
export const heldConnections: Bench = {
  name: 'held-connections',
  async run({ platform, runs, tell }) {
    const images = (await twoImages(platform, app)).references;
    const held = await hold(platform.edge, platform.hostOf(app), tell);
    const load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute: 12_000,
      mode: 'mixed',
      durationMaxMs: 10 * 60_000,
    });
    const resets: number[] = [];
    try {
      for (let round = 1; round <= runs; round++) {
        await deployImage(platform, app, images[round % 2]!);
        // Every held connection must still take a request.
        resets.push(connections - (await held.useAll()));
        tell(`  deploy ${round} of ${runs}: ${resets.at(-1)} reset, ${held.closed()} closed so far`);
      }
    } finally {
      held.end();
      await load.stop();
      await removeApp(platform, app);
    }
    const report = load.report();
    const worst = Math.max(...resets);
    return {
      name: 'held-connections',
      title: 'Idle connections through a deploy',
      method: [
        `${format(connections)} keep-alive connections that each had one answer and then wait, beside 12,000 requests a minute, through ${runs} deployments. After each, every held connection sends another request.`,
      ],
      rows: [
        {
          what: `connections reset, ${runs} deploys`,
          berth: `${format(worst)} of ${format(connections)}`,
          baseline: '',
          wanted: '0 before the drain window ends',
          isMet: worst === 0,
        },
        {
          what: 'failed requests of the load beside them',
          berth: `${format(report.failed)} of ${format(report.requests)}`,
          baseline: '',
          wanted: '0',
          isMet: report.failed === 0,
        },
      ],
      figures: [figure('connections reset', '', resets)],
    };
  },
};

interface Held {
  /** Sends a request on each; resolves with how many answered. */
  useAll(): Promise<number>;
  closed(): number;
  end(): void;
}

async function hold(
  edge: PlatformUnderTest['edge'],
  host: string,
  tell: (line: string) => void,
): Promise<Held> {
  const request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  let closed = 0;
  const sockets: Socket[] = [];
  for (let made = 0; made < connections; made += 250) {
    const batch = await Promise.all(
      Array.from({ length: 250 }, async () => {
        const socket = await open(edge);
        socket.on('close', () => {
          closed += 1;
        });
        await exchange(socket, request);
        return socket;
      }),
    );
    sockets.push(...batch);
  }
  tell(`  ${sockets.length} connections are open and have had an answer`);
  return {
    closed: () => closed,
    async useAll() {
      let answered = 0;
      for (let start = 0; start < sockets.length; start += 250)
        await Promise.all(
          sockets.slice(start, start + 250).map(async (socket) => {
            if (socket.destroyed) return;
            if (await exchange(socket, request).catch(() => false)) answered += 1;
          }),
        );
      return answered;
    },
    end: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function open(edge: PlatformUnderTest['edge']): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(edge);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** One request and its whole answer; false when the connection ended instead. */
function exchange(socket: Socket, request: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => end(() => reject(new Error('no answer within 15 s'))), 15_000);
    const end = (settle: () => void): void => {
      clearTimeout(late);
      socket.off('data', take);
      socket.off('close', gone);
      settle();
    };
    const gone = (): void => end(() => resolve(false));
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length >= head + 4 + length) end(() => resolve(/^HTTP\/1\.1 200/.test(text)));
    };
    socket.on('data', take);
    socket.on('close', gone);
    socket.write(request);
  });
}

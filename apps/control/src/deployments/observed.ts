import { laneNames } from '@berth/domain/edge';
import type { Nodes } from '../nodes/ports.ts';
import type { RunStore } from '../runs/store.ts';

export type Health = 'healthy' | 'unhealthy' | 'checking';

/** How long an edge may take to say what it sees. */
const askMs = 3_000;

/** What the edges say of each address of an app: healthy only where every edge agrees. */
export async function observedHealth(
  deps: { nodes: Nodes; runs: RunStore; late?: () => AbortSignal },
  app: string,
): Promise<ReadonlyMap<string, Health>> {
  const late = deps.late ?? (() => AbortSignal.timeout(askMs));
  const health = new Map<string, Health>();
  const runs = (await deps.runs.list({ app })).filter(
    (run) => run.lane !== undefined && run.routing.port !== undefined,
  );
  await Promise.all(
    runs.flatMap((run) =>
      deps.nodes.list().map(async (link) => {
        const lane = laneNames.find((name) => name === run.lane);
        if (lane === undefined) return;
        const enough = new AbortController();
        const signal = AbortSignal.any([enough.signal, late()]);
        const news = link.edge.watchLane(`${run.app}.${run.service}`, lane, signal);
        for await (const seen of unless(signal, news)) {
          enough.abort();
          for (const server of seen.servers) {
            const said: Health =
              server.state === 'up' || server.state === 'drain'
                ? 'healthy'
                : server.state === 'checking'
                  ? 'checking'
                  : 'unhealthy';
            const before = health.get(server.address);
            health.set(server.address, before === undefined || before === 'healthy' ? said : before);
          }
          return;
        }
      }),
    ),
  );
  return health;
}

/** What an edge does not say in time, as one that is down, is not known; that is no fault of who asks. */
async function* unless<T>(late: AbortSignal, news: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* news;
  } catch (error) {
    if (!late.aborted) throw error;
  }
}

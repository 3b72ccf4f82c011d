import { removeByLabel } from '@berth/testkit/sandbox-engine';
import { deploy, fact, removeApp } from '../deploying.ts';
import type { PlatformUnderTest } from '../platform.ts';
import { scratch, writeFiles } from '../sources.ts';
import { type Bench, benchLabels } from './bench.ts';
import { figure, format, inRounds } from './measure.ts';
import { saturate } from './saturate.ts';

const app = 'bench-edge';
const baselinePort = 8080;
const durationMs = 5_000;

/** The cheapest backend there is: an HAProxy that answers by itself. */
const backend = {
  Dockerfile:
    'FROM berth/edge\nUSER 10001\nCOPY haproxy.cfg /app/haproxy.cfg\nENTRYPOINT []\nCMD ["haproxy", "-W", "-db", "-f", "/app/haproxy.cfg"]\n',
  'haproxy.cfg': `defaults
  mode http
  timeout client 60s
  timeout http-keep-alive 60s
frontend all
  bind :8080
  http-request return status 200 content-type text/plain string "hello from the backend"
`,
};

/** As one writes it by hand for one app: nothing that the job does not need. */
const handWritten = (service: string, slots: number): string => `global
  maxconn 8000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  option forwardfor
resolvers docker
  nameserver engine 127.0.0.11:53
  accepted_payload_size 8192
  hold valid 500ms
frontend web
  bind :${baselinePort}
  default_backend app
backend app
  balance roundrobin
  option httpchk GET /
  server-template app ${slots} tasks.${service}:8080 check resolvers docker init-addr none
`;

/** As many requests as the edge passes on, beside an HAProxy configured by hand for the same tasks. */
export const edgeThroughput: Bench = {
  name: 'edge-throughput',
  async run({ platform, runs, tell }) {
    const { engine } = platform;
    try {
      await deploy(platform, app, await writeFiles(await scratch(), backend));
      const baseline = await startBaseline(platform);
      const { edge } = platform;
      const drive = async (host: string, port: number, hostHeader: string): Promise<number> => {
        const result = await saturate({ host, port, hostHeader, connections: 64, pipeline: 8, durationMs });
        if (result.failed > 0) throw new Error(`${result.failed} answers were not what was expected`);
        return (result.requests / result.durationMs) * 1000;
      };
      const variants = {
        'hand-written HAProxy': () => drive(baseline, baselinePort, 'any.example.com'),
        'berth edge': () => drive(edge.host, edge.port, platform.hostOf(app)),
      };
      await inRounds(1, variants, () => undefined);
      const results = await inRounds(runs, variants, tell);
      const [hand, ours] = [
        figure('hand-written HAProxy', 'requests/s', results['hand-written HAProxy']),
        figure('berth edge', 'requests/s', results['berth edge']),
      ] as const;
      const ratio = ours.median / hand.median;
      return {
        name: 'edge-throughput',
        title: 'Edge throughput',
        method: [
          `64 connections with 8 requests in flight each for ${durationMs / 1000} s, in turn against the edge and against a container of the same image with a configuration of 20 lines, for the same tasks in the same network. Both are asked at their own address, and client, proxy and backend share the machine’s cores.`,
        ],
        rows: [
          {
            what: 'requests per second',
            berth: format(ours.median),
            baseline: `hand-written: ${format(hand.median)} (${format(ratio)} ×)`,
            wanted: '≥ 0.95 × it',
            isMet: ratio >= 0.95,
          },
        ],
        figures: [ours, hand],
      };
    } finally {
      await removeByLabel(engine, 'berth.bench=baseline');
      await removeApp(platform, app);
    }
  },
};

/** The hand-written proxy, in the app's network; resolves with its address once it passes requests. */
async function startBaseline(platform: PlatformUnderTest): Promise<string> {
  const { engine } = platform;
  const [service] = await engine.listServices({
    filters: { label: [`berth.app=${app}`, `berth.platform=${platform.name}`] },
  });
  const edge = await engine.inspectContainer(await platform.containerOf('edge'));
  const { Id } = await engine.createContainer('bench-haproxy', {
    Image: edge.Config.Image,
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: ['printf %s "$CONFIG" >/tmp/haproxy.cfg && exec haproxy -W -db -f /tmp/haproxy.cfg'],
    Env: [`CONFIG=${handWritten(service!.Spec.Name, 4)}`],
    Labels: { ...benchLabels },
    HostConfig: { NetworkMode: 'bridge' },
  });
  await engine.connectNetwork(service!.Spec.TaskTemplate.Networks![0]!.Target, Id);
  await engine.startContainer(Id);
  const { NetworkSettings } = await engine.inspectContainer(Id);
  const host = NetworkSettings.Networks.bridge!.IPAddress;
  await passes(host, baselinePort);
  return host;
}

/** Where the edge is reached without the engine's port forwarding in between. */
async function passes(host: string, port: number): Promise<void> {
  await fact(async () => {
    try {
      const answer = await fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(1_000) });
      await answer.text();
      return answer.ok ? true : undefined;
    } catch {
      // Not listening yet: asked again until the deadline.
      return undefined;
    }
  });
}

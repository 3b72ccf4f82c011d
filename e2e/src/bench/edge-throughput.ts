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

interface HandWritten {
  /** Lines of the frontend and of the backend, beyond the least there is. */
  readonly frontend: readonly string[];
  readonly backend: readonly string[];
}

/** What the job of passing requests on needs, and nothing else. */
const least: HandWritten = { frontend: ['default_backend app'], backend: ['option forwardfor'] };

/**
 * With the edge's duties, as one writes them by hand for one app: the host decides, headers about the client
 * are the proxy's own, and a request that a task could not take is given to another.
 */
const withDuties: HandWritten = {
  frontend: [
    'http-request del-header x-forwarded- -m beg',
    'http-request del-header forwarded',
    'http-request del-header x-real-ip',
    'option forwardfor',
    'http-request set-header X-Forwarded-Proto http',
    'http-request disable-l7-retry unless METH_GET',
    'use_backend app if { req.hdr(host),host_only,lower -m str any.example.com }',
    'default_backend app',
  ],
  backend: ['option redispatch 1', 'retries 3', 'retry-on conn-failure empty-response response-timeout'],
};

const handWritten = (service: string, slots: number, lines: HandWritten): string => `global
  maxconn 8000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
resolvers docker
  nameserver engine 127.0.0.11:53
  accepted_payload_size 8192
  hold valid 500ms
frontend web
  bind :${baselinePort}
${lines.frontend.map((line) => `  ${line}\n`).join('')}backend app
  balance roundrobin
${lines.backend.map((line) => `  ${line}\n`).join('')}  option httpchk GET /
  server-template app ${slots} tasks.${service}:8080 check resolvers docker init-addr none
`;

/** As many requests as the edge passes on, beside an HAProxy configured by hand for the same tasks. */
export const edgeThroughput: Bench = {
  name: 'edge-throughput',
  async run({ platform, runs, tell }) {
    const { engine } = platform;
    try {
      await deploy(platform, app, await writeFiles(await scratch(), backend));
      const bare = await startBaseline(platform, 'least', least);
      const dutiful = await startBaseline(platform, 'duties', withDuties);
      const { edge } = platform;
      const drive = async (host: string, port: number, hostHeader: string): Promise<number> => {
        const result = await saturate({ host, port, hostHeader, connections: 64, pipeline: 8, durationMs });
        if (result.failed > 0) throw new Error(`${result.failed} answers were not what was expected`);
        return (result.requests / result.durationMs) * 1000;
      };
      const variants = {
        'hand-written, least': () => drive(bare, baselinePort, 'any.example.com'),
        'hand-written, same duties': () => drive(dutiful, baselinePort, 'any.example.com'),
        'berth edge': () => drive(edge.host, edge.port, platform.hostOf(app)),
      };
      await inRounds(1, variants, () => undefined);
      const results = await inRounds(runs, variants, tell);
      const hand = figure('hand-written, least', 'requests/s', results['hand-written, least']);
      const equal = figure('hand-written, same duties', 'requests/s', results['hand-written, same duties']);
      const ours = figure('berth edge', 'requests/s', results['berth edge']);
      const row = (what: string, baseline: typeof hand) => {
        const ratio = ours.median / baseline.median;
        return {
          what,
          berth: format(ours.median),
          baseline: `${format(baseline.median)} (${format(ratio)} ×)`,
          wanted: '≥ 0.95 × it',
          isMet: ratio >= 0.95,
        };
      };
      return {
        name: 'edge-throughput',
        title: 'Edge throughput',
        method: [
          `64 connections with 8 requests in flight each for ${durationMs / 1000} s, in turn against the edge and against containers of the same image with a configuration written by hand, for the same tasks in the same network and with the same CPU shares: a proxy with more of them than its neighbours is woken for each packet and passes on less in one go. All are asked at their own address, and client, proxy and backend share the machine’s cores.`,
          'One configuration by hand has the least there is; the other has the edge’s duties for one app: routing by host, X-Forwarded headers that are not believed, retries on another task.',
        ],
        rows: [row('requests per second, against the least', hand), row('against the same duties', equal)],
        figures: [ours, equal, hand],
      };
    } finally {
      await removeByLabel(engine, 'berth.bench=baseline');
      await removeApp(platform, app);
    }
  },
};

/** The hand-written proxy, in the app's network; resolves with its address once it passes requests. */
async function startBaseline(platform: PlatformUnderTest, name: string, lines: HandWritten): Promise<string> {
  const { engine } = platform;
  const [service] = await engine.listServices({
    filters: { label: [`berth.app=${app}`, `berth.platform=${platform.name}`] },
  });
  const edge = await engine.inspectContainer(await platform.containerOf('edge'));
  const { Id } = await engine.createContainer(`bench-haproxy-${name}`, {
    Image: edge.Config.Image,
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: ['printf %s "$CONFIG" >/tmp/haproxy.cfg && exec haproxy -W -db -f /tmp/haproxy.cfg'],
    Env: [`CONFIG=${handWritten(service!.Spec.Name, 4, lines)}`],
    Labels: { ...benchLabels },
    // The same claim on the cores as the edge: it is the configurations that are compared.
    HostConfig: { NetworkMode: 'bridge', CpuShares: edge.HostConfig.CpuShares },
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

import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import { memoryFiles } from '@berth/compose/files';
import { loadCompose } from '@berth/compose/load';
import type { PureBench } from './bench.ts';
import { figure, format } from './measure.ts';

const wantedMs = 150;
const linesMin = 2_000;

/** A Compose file of 2,000 lines: services with what people write, anchors and variables among it. */
export function longManifest(): string {
  const lines = [
    'x-common: &common',
    '  restart: unless-stopped',
    '  logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}',
    'services:',
  ];
  for (let i = 0; lines.length < linesMin - 3; i++) {
    lines.push(
      `  service-${i}:`,
      '    <<: *common',
      `    image: registry.example.com/team/app-${i}:\${TAG:-1.${i}}`,
      '    command: ["serve", "--listen", "0.0.0.0:8080"]',
      '    environment:',
      `      DATABASE_URL: postgres://app:\${PASSWORD:-secret}@db-${i}:5432/app?sslmode=disable`,
      `      PUBLIC_URL: "https://app-${i}.example.com"`,
      '      LOG_LEVEL: info',
      '      WORKERS: 4',
      '      FEATURES: |',
      '        one',
      '        two',
      '    ports:',
      `      - "${8000 + i}:8080"`,
      '    volumes:',
      `      - data:/var/lib/app-${i}`,
      '      - ./config.yaml:/etc/app/config.yaml:ro',
      '    networks: [front, back]',
      ...(i === 0 ? [] : ['    depends_on:', `      service-${i - 1}: {condition: service_healthy}`]),
      '    healthcheck:',
      '      test: curl -sf http://localhost:8080/health || exit 1',
      '      interval: 10s',
      '      timeout: 5s',
      '    labels:',
      `      - com.example.route=Host(\`app-${i}.example.com\`)`,
      '      - com.example.team=blue',
      '    deploy:',
      '      resources: {limits: {cpus: "0.50", memory: 512M}}',
    );
  }
  return `${lines.join('\n')}\nnetworks: {front: {}, back: {}}\nvolumes:\n  data:\n`;
}

interface Took {
  readonly ms: number;
  /** Of that, on a processor. */
  readonly processorMs: number;
}

function load(text: string): Took {
  const port = memoryFiles({ '/project/compose.yaml': text });
  const before = performance.now();
  const beforeOnProcessor = process.threadCpuUsage();
  const result = loadCompose({ port, cwd: '/project' });
  const { user, system } = process.threadCpuUsage(beforeOnProcessor);
  const took = { ms: performance.now() - before, processorMs: (user + system) / 1000 };
  if (result.kind === 'invalid') throw new Error(result.issues[0]?.message);
  return took;
}

const firstLoad = `import { tellFirstLoad } from ${JSON.stringify(import.meta.url)}; tellFirstLoad();`;

/** The first load of a process. */
export function tellFirstLoad(): void {
  console.log(JSON.stringify(load(longManifest())));
}

/** Parsing and validating a long manifest: again and again in one process, and first in a new one. */
export const parseTime: PureBench = {
  name: 'parse',
  async run({ runs, tell }) {
    const text = longManifest();
    load(text);
    const busy = loadavg()[0]!;
    const warm = Array.from({ length: Math.max(runs, 20) }, () => load(text).ms);
    const cold: Took[] = [];
    for (let run = 1; run <= runs; run++) {
      const script = ['--input-type=module', '--eval', firstLoad];
      const { stdout } = await promisify(execFile)(process.execPath, script);
      cold.push(JSON.parse(stdout) as Took);
      tell(`  run ${run} of ${runs}: first in a process ${format(cold.at(-1)!.ms)} ms`);
    }
    const rows = [
      ['again, in a process that has loaded one', figure('again', 'ms', warm)],
      [
        'first, in a new process',
        figure(
          'first',
          'ms',
          cold.map(({ ms }) => ms),
        ),
      ],
    ] as const;
    const onProcessor = figure(
      'first, time on a processor alone',
      'ms',
      cold.map(({ processorMs }) => processorMs),
    );
    return {
      name: 'parse',
      title: 'Parsing a Compose file',
      method: [
        `A file of ${text.split('\n').length.toLocaleString('en-US')} lines is read, interpolated, validated against the schema, normalised and checked for references. Reading the program itself from disk is not counted.`,
        `The load average of the machine was ${format(busy)} when it began.`,
      ],
      rows: rows.map(([what, { median }]) => ({
        what,
        berth: `${format(median)} ms`,
        baseline: '',
        wanted: `< ${wantedMs} ms`,
        isMet: median < wantedMs,
      })),
      figures: [...rows.map(([, each]) => each), onProcessor],
    };
  },
};

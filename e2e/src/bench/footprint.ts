import { readdirSync, readFileSync } from 'node:fs';
import type { Engine } from '@berth/engine/engine';
import { systemClock } from '@berth/runtime/clock';
import { removeApp } from '../deploying.ts';
import type { PlatformUnderTest } from '../platform.ts';
import type { Bench } from './bench.ts';
import { figure, format, type Row } from './measure.ts';
import { deployImage, twoImages } from './timing.ts';

const appsCount = 20;
const windowMs = 12_000;
const ticksPerSecond = 100;

/** What Berth itself takes while twenty apps are there and nothing happens. */
export const footprint: Bench = {
  name: 'footprint',
  async run({ platform, runs, tell }) {
    const names = Array.from({ length: appsCount }, (_, index) => `bench-idle-${index + 1}`);
    const samples = {
      system: [] as number[],
      edge: [] as number[],
      systemShare: [] as number[],
      edgeShare: [] as number[],
      cpu: [] as number[],
      edgeCpu: [] as number[],
    };
    try {
      const [image] = (await twoImages(platform, names[0]!)).references;
      for (const name of names.slice(1)) {
        await platform.client.call('createApp', { body: { name } });
        await deployImage(platform, name, image);
      }
      tell(`  ${appsCount} apps run`);
      // Start-up work and drains are over after the drain window.
      await systemClock.sleep(45_000);
      for (let run = 1; run <= runs; run++) {
        const before = await cpuSeconds(platform);
        const startedAt = performance.now();
        await systemClock.sleep(windowMs);
        const seconds = (performance.now() - startedAt) / 1000;
        const after = await cpuSeconds(platform);
        samples.cpu.push(((after.system - before.system) / seconds) * 100);
        samples.edgeCpu.push(((after.edge - before.edge) / seconds) * 100);
        const memory = await residentMegabytes(platform);
        samples.system.push(memory.system);
        samples.edge.push(memory.edge);
        samples.systemShare.push(memory.systemShare);
        samples.edgeShare.push(memory.edgeShare);
        tell(
          `  run ${run} of ${runs}: control + agent ${format(memory.system)} MB, edge ${format(memory.edge)} MB, CPU ${format(samples.cpu.at(-1)!)} %`,
        );
      }
    } finally {
      for (const name of names) await removeApp(platform, name);
    }
    const figures = [
      figure('control + agent, resident', 'MB', samples.system),
      figure('control + agent, proportional', 'MB', samples.systemShare),
      figure('edge, resident', 'MB', samples.edge),
      figure('edge, proportional', 'MB', samples.edgeShare),
      figure('control + agent, CPU', '% of a core', samples.cpu),
      figure('edge, CPU', '% of a core', samples.edgeCpu),
    ];
    const limits = [150, 150, 25, 25, 1, 1];
    return {
      name: 'footprint',
      title: `At idle with ${appsCount} running apps`,
      method: [
        `Resident: VmRSS from /proc of all processes in the containers, summed, so that pages two processes share (the Node.js binary; master and worker of HAProxy) count twice. Proportional: the same with shared pages divided among those that share them (PSS). CPU: user and system time of those processes over windows of ${windowMs / 1000} s.`,
      ],
      rows: figures.map(
        (one, index): Row => ({
          what: one.name,
          berth: `${format(one.median)} ${one.unit}`,
          baseline: '',
          wanted: Number.isFinite(limits[index]) ? `< ${limits[index]} ${one.unit}` : '',
          isMet: one.median < limits[index]!,
        }),
      ),
      figures,
    };
  },
};

/** Process ids in a container: its first process and all that descend from it. */
async function processesOf(engine: Engine, container: string): Promise<number[]> {
  const first = (await engine.inspectContainer(container)).State.Pid;
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) {
      const stat = readStat(Number(name));
      if (stat !== undefined) parents.set(Number(name), stat.parent);
    }
  const inside = new Set([first]);
  for (let size = 0; size !== inside.size; ) {
    size = inside.size;
    for (const [pid, parent] of parents) if (inside.has(parent)) inside.add(pid);
  }
  return [...inside];
}

function readStat(pid: number): { parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch (cause) {
    // It ended between listing and reading.
    if (['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

export async function residentMegabytes(platform: PlatformUnderTest) {
  const of = async (role: 'control' | 'agent' | 'edge'): Promise<[resident: number, share: number]> => {
    let resident = 0;
    let share = 0;
    for (const pid of await processesOf(platform.engine, await platform.containerOf(role))) {
      resident += kilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m);
      share += kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+)/m);
    }
    return [resident / 1024, share / 1024];
  };
  const [control, agent, edge] = [await of('control'), await of('agent'), await of('edge')];
  return {
    system: control[0] + agent[0],
    systemShare: control[1] + agent[1],
    edge: edge[0],
    edgeShare: edge[1],
  };
}

const kilobytes = (file: string, pattern: RegExp): number =>
  Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);

async function cpuSeconds(platform: PlatformUnderTest) {
  const of = async (role: 'control' | 'agent' | 'edge'): Promise<number> => {
    let ticks = 0;
    for (const pid of await processesOf(platform.engine, await platform.containerOf(role)))
      ticks += readStat(pid)?.ticks ?? 0;
    return ticks / ticksPerSecond;
  };
  return { system: (await of('control')) + (await of('agent')), edge: await of('edge') };
}

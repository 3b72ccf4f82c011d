import type { ItemOf } from '@berth/client/client';

type Deployment = Pick<ItemOf<'listDeployments'>, 'state' | 'kind' | 'createdAt' | 'endedAt' | 'steps'>;

export interface PhaseTime {
  readonly phase: string;
  /** How many deployments went through it. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Milliseconds in each phase, in the order they came; a phase that came twice counts as one. */
export function phasesOf({ steps }: Pick<Deployment, 'steps'>): ReadonlyMap<string, number> {
  const phases = new Map<string, number>();
  for (const { state, durationMs } of steps)
    if (durationMs !== undefined) phases.set(state, (phases.get(state) ?? 0) + durationMs);
  return phases;
}

export function totalMs({
  createdAt,
  endedAt,
}: Pick<Deployment, 'createdAt' | 'endedAt'>): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(createdAt);
}

/** Half and 95 % of the deployments that succeeded took at most so long, per phase and altogether. */
export function summarisePhases(deployments: readonly Deployment[]): readonly PhaseTime[] {
  const times = new Map<string, number[]>();
  const add = (phase: string, ms: number) => times.set(phase, [...(times.get(phase) ?? []), ms]);
  const total: number[] = [];
  for (const deployment of deployments) {
    const ms = totalMs(deployment);
    if (deployment.state !== 'succeeded' || ms === undefined) continue;
    for (const [phase, phaseMs] of phasesOf(deployment)) add(phase, phaseMs);
    total.push(ms);
  }
  if (total.length > 0) times.set('total', total);
  return [...times].map(([phase, all]) => ({
    phase,
    count: all.length,
    p50Ms: percentile(all, 50),
    p95Ms: percentile(all, 95),
  }));
}

/** By nearest rank: a time that was really seen. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

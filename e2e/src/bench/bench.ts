import type { PlatformUnderTest } from '../platform.ts';
import type { BenchResult } from './measure.ts';

/** What a benchmark gets. */
export interface BenchContext {
  readonly platform: PlatformUnderTest;
  /** Rounds of each measurement. */
  readonly runs: number;
  tell(line: string): void;
}

export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<BenchResult>;
}

/** One of code alone: no platform is started for it. */
export interface PureBench {
  readonly name: string;
  run(context: Omit<BenchContext, 'platform'>): Promise<BenchResult>;
}

/** Label of everything a benchmark makes on the engine by itself. */
export const benchLabels = { 'berth.bench': 'baseline' } as const;

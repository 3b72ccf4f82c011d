import type { Fault } from './issue.ts';

/** Labels under the prefix Berth finds its own objects by; `path` is that of `labels`. */
export const labelFaults = (
  labels: Readonly<Record<string, unknown>> | undefined,
  path: Fault['path'],
): Fault[] =>
  Object.keys(labels ?? {})
    .filter((key) => key.startsWith('berth.'))
    .map((key) => ({
      path: [...path, key],
      message: `the label ${key} is one of Berth’s own`,
      suggestion: 'give it another prefix',
    }));

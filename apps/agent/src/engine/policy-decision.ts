import type { Decision, ObjectRef } from './policy.ts';

export const allow = (objects: readonly ObjectRef[] = []): Decision => ({ kind: 'allow', objects });
export const deny = (reason: string): Decision => ({ kind: 'deny', reason });

/** A parameter as the engine reads a yes. */
export const isTrue = (value: string | null): boolean =>
  value !== null && !['', '0', 'false', 'no', 'none'].includes(value.toLowerCase());

import type { Check as CheckSchema } from '@berth/contract/nodes';

/** One invariant, with the fix when it does not hold: the same shape as in `GET /v1/checks`. */
export type Check = ReturnType<(typeof CheckSchema)['parse']>;

import type { Refusal } from './refusal.ts';

/** A request as such, whatever it is about. */
export const requestRefusals = {
  not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such thing',
    hint: 'List what there is: `berth status` has the apps, and most commands list their things without arguments.',
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    title: 'The path does not take this method',
    hint: 'See /v1/openapi.json for the methods of each path.',
  },
  conflict: {
    status: 409,
    retryable: false,
    title: 'It is already so',
    hint: 'Look at the current state with `berth status` and try again.',
  },
  idempotency_mismatch: {
    status: 409,
    retryable: false,
    title: 'The idempotency key was used for another request',
    hint: 'Use a new Idempotency-Key for a new request.',
  },
  body_too_large: {
    status: 413,
    retryable: false,
    title: 'The request is too large',
    hint: 'Send less; for a source upload, add what is not needed to .dockerignore.',
  },
  malformed_body: {
    status: 400,
    retryable: false,
    title: 'The request body is not valid JSON',
    hint: 'Send an object as application/json.',
  },
  invalid: {
    status: 422,
    retryable: false,
    title: 'The request has invalid values',
    hint: 'Each issue names the place, what is wrong and what is accepted.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    title: 'Too many requests',
    hint: 'Wait for the seconds named in Retry-After.',
  },
  quota_exceeded: {
    status: 422,
    retryable: false,
    title: 'More than the quota allows',
    hint: 'The quota is named; ask for less.',
  },
  cancelled: { status: 409, retryable: false, title: 'Cancelled', hint: 'Deploy again when ready.' },
  database_busy: {
    status: 503,
    retryable: true,
    title: 'The database is held by another process',
    hint: 'Find the process that holds it open (`fuser`), and stop it.',
  },
  shutting_down: {
    status: 503,
    retryable: true,
    title: 'Control is restarting',
    hint: 'Try again in a few seconds.',
  },
  internal: {
    status: 500,
    retryable: false,
    title: 'An error Berth did not expect',
    hint: 'The requestId finds it in `docker logs berth-control`; please report it.',
  },
  control_unreachable: {
    status: 503,
    retryable: true,
    title: 'Control does not answer',
    hint: 'Is it running? Run `berth doctor` on the server; `berth up` starts it. `berth context ls` shows which address is used.',
  },
} as const satisfies Record<string, Refusal>;

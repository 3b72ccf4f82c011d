import type { Refusal } from './refusal.ts';

/** Who asks, and what was granted. */
export const accessRefusals = {
  unauthenticated: {
    status: 401,
    retryable: false,
    title: 'No valid token',
    hint: 'Log in with `berth login --url URL --token-stdin`, or make a new token with `berth tokens create` on the server.',
  },
  token_expired: {
    status: 401,
    retryable: false,
    title: 'The token has expired',
    hint: 'Ask an admin for a new token: `berth tokens create --scope deploy`.',
  },
  forbidden: {
    status: 403,
    retryable: false,
    title: 'The token may not do this',
    hint: 'Use a token whose scope allows it (read < deploy < admin).',
  },
  policy_denied: {
    status: 403,
    retryable: false,
    title: 'The agent’s policy does not allow this engine request',
    hint: 'Berth asks the engine only for what it needs; the request is in the audit log.',
  },
  grant_needed: {
    status: 403,
    retryable: false,
    title: 'The app asks for what only a grant gives',
    hint: 'An admin may give it for a time: `berth grants add APP/SERVICE PERMISSION --reason TEXT`. Or take the key out of the manifest.',
  },
  grant_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such grant',
    hint: 'List them with `berth grants`.',
  },
  node_disallows: {
    status: 403,
    retryable: false,
    title: 'No node gives this to tasks',
    hint: 'Who administers the machine decides: `berth up --allow PERMISSION[,PERMISSION…]` there, as the list is to be.',
  },
  not_grantable: {
    status: 422,
    retryable: false,
    title: 'Nobody can grant this',
    hint: 'What can be granted, and what it opens: `docs/guides/grants.md`.',
  },
} as const satisfies Record<string, Refusal>;

import { errorTable } from '@berth/contract/errors';

/** Every refusal, from the table that makes them. */
export function renderErrors(): string {
  const rows = Object.entries(errorTable).map(
    ([code, row]) =>
      `| <a id="${code}"></a>\`${code}\` | ${row.status} | ${row.title} | ${row.hint} | ${row.retryable ? 'yes' : 'no'} |`,
  );
  return `${[
    '# Errors',
    '',
    'Every refusal of the API and the command line. An HTTP answer is `application/problem+json` (RFC 9457) with the fields `code`, `detail` (what happened this time), `hint`, `retryable`, `issues` (each wrong place), `evidence` (probe, log lines) and `requestId`. Generated from `packages/contract/src/refusals` by `npm run docs`.',
    '',
    '| code | status | meaning | what to do | worth another try |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}

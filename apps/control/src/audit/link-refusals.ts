import { errorTable } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { LinkRefusal } from '../nodes/link-server.ts';
import type { AuditLog } from './log.ts';

/** The same refusal from the same place is noted once in so long: who repeats it must not fill the log. */
const repeatMs = 60_000;
const remembered = 1_000;

/** Notes what the link refuses: requests an agent's policy denied, connections that are not an agent's. */
export function noteLinkRefusals(deps: {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}): (refusal: LinkRefusal) => void {
  const notedAt = new Map<string, number>();
  return ({ kind, node, address, detail }) => {
    const now = deps.clock.now();
    const key = `${kind} ${node} ${address} ${detail}`;
    const before = notedAt.get(key);
    if (before !== undefined && now - before < repeatMs) return;
    if (notedAt.size >= remembered) notedAt.clear();
    notedAt.set(key, now);
    deps.audit
      .append({
        actor: kind === 'policy_denied' ? 'control' : '-',
        address,
        userAgent: '',
        action: kind === 'policy_denied' ? 'engineRequest' : 'agentConnection',
        object: `node/${node}`,
        parameters: { detail },
        result: kind,
        status: errorTable[kind].status,
      })
      .catch((error: unknown) => deps.log.error({ err: error }, 'refusal not noted in the audit log'));
  };
}

import { isoTime } from '@berth/runtime/clock';
import type { Handlers } from '../http/handler.ts';
import { numberIn, pageOf } from '../http/page.ts';
import type { AuditLog, StoredAuditEntry } from './log.ts';

export function auditHandlers(deps: {
  readonly audit: AuditLog;
}): Pick<Handlers, 'listAudit' | 'verifyAudit'> {
  return {
    verifyAudit: () => deps.audit.verify(),
    listAudit: async ({ query }) => {
      const found = await deps.audit.list({
        before: numberIn(query),
        app: query.app,
        actor: query.actor,
        sinceMs: query.since === undefined ? undefined : Date.parse(query.since),
        limit: query.limit + 1,
      });
      return pageOf(found, query.limit, view, (entry) => String(entry.seq));
    },
  };
}

function view(entry: StoredAuditEntry) {
  return {
    seq: entry.seq,
    at: isoTime(entry.at),
    actor: entry.actor,
    address: entry.address,
    userAgent: entry.userAgent,
    action: entry.action,
    object: entry.object,
    parameters: JSON.parse(entry.parameters) as Record<string, unknown>,
    result: entry.result,
    status: entry.status,
    hash: entry.hash,
  };
}

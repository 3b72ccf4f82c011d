import type { IncomingMessage } from 'node:http';
import { type AppError, refuse } from '@berth/contract/errors';
import type { RouteSpec } from '@berth/contract/route-spec';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit/log.ts';
import { auditObject, auditParameters, isAudited } from './audited.ts';
import { type Authenticator, type Caller, requireScope } from './authenticate.ts';
import type { Actor } from './handler.ts';
import { asRefusal, statusOf } from './problem.ts';
import type { RawInput } from './validate.ts';

export interface GateDependencies {
  readonly authenticator: Authenticator;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether a peer is an edge, whose X-Forwarded-For is the client. */
  isTrustedProxy(address: string): boolean;
  /** Whether a peer that is no edge is the machine itself, however the engine shows it. */
  isThisMachine(address: string): boolean;
}

/** One request on its way through: who asks for what, and whether it has been noted. */
export interface Passage {
  readonly id: string;
  readonly operation: string;
  readonly spec: RouteSpec;
  readonly caller: Caller;
  input: RawInput;
  actor: Actor | undefined;
}

/** What every request meets before and after its handler: who is it, may it, and the audit log. */
export type Gate = ReturnType<typeof createGate>;

export function createGate(deps: GateDependencies) {
  const noted = new WeakSet<Passage>();

  function callerOf(request: IncomingMessage): Caller {
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const forwarded = request.headers['x-forwarded-for'];
    const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(',').at(-1)?.trim();
    const own = deps.isThisMachine(peer) ? '127.0.0.1' : peer;
    const address = last !== undefined && last !== '' && deps.isTrustedProxy(peer) ? last : own;
    return { address, userAgent: request.headers['user-agent'] ?? '' };
  }

  async function record(passage: Passage, result: string, status: number, more?: Record<string, unknown>) {
    await deps.audit.append({
      actor: passage.actor?.name ?? '-',
      address: passage.caller.address,
      userAgent: passage.caller.userAgent,
      action: passage.operation,
      ...auditObject(passage.spec, passage.input),
      parameters: { ...auditParameters(passage.input), ...more },
      result,
      status,
    });
  }

  /** The refusal for the client; logged if it is our fault. */
  function report(passage: Passage, error: unknown): AppError {
    const refusal = asRefusal(error);
    const fields = { requestId: passage.id, operation: passage.operation, code: refusal.code };
    if (statusOf(refusal) >= 500) deps.log.error({ ...fields, err: error }, 'request failed');
    else deps.log.debug({ ...fields, detail: refusal.message }, 'request refused');
    return refusal;
  }

  return {
    report,

    open(request: IncomingMessage, operation: string, spec: RouteSpec, input: RawInput): Passage {
      return {
        id: newId(deps.clock.now()),
        operation,
        spec,
        caller: callerOf(request),
        input,
        actor: undefined,
      };
    },

    /** Sets the actor; refuses with `unauthenticated`, `token_expired`, `rate_limited` or `forbidden`. */
    async admit(passage: Passage, authorization: string | undefined): Promise<void> {
      const { spec, caller } = passage;
      if (spec.scope === 'public') return;
      const found = await deps.authenticator.authenticate(authorization, caller);
      if (found.kind === 'refused') {
        if (found.isNoted) noted.add(passage);
        throw found.error;
      }
      passage.actor = found.actor;
      requireScope(found.actor, spec.scope);
    },

    /** Notes a call that succeeded, if it is one of those that are noted. */
    async succeeded(passage: Passage, status: number): Promise<void> {
      if (isAudited(passage.spec, passage.input.query, undefined)) await record(passage, 'ok', status);
    },

    /** Notes a session's start and end. */
    session: record,

    /** The refusal for the client; logged if it is our fault, noted in the audit log. Never rejects. */
    async refused(passage: Passage, error: unknown): Promise<AppError> {
      const refusal = report(passage, error);
      if (noted.has(passage) || !isAudited(passage.spec, passage.input.query, refusal.code)) return refusal;
      try {
        await record(passage, refusal.code, statusOf(refusal));
      } catch (cause) {
        deps.log.error(
          { requestId: passage.id, operation: passage.operation, code: refusal.code, err: cause },
          'refusal not noted in the audit log',
        );
      }
      return refusal;
    },
  };
}

/** The refusal every new request gets while the process ends. */
export const shuttingDown = (): AppError =>
  refuse('shutting_down', 'Control is restarting; apps keep serving meanwhile.');

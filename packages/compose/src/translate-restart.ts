import { type EngineHealthcheck, type Restart, type ServiceMode, safeDefaults } from '@berth/domain/service';
import type { ComposeHealthcheck, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { durationMs } from './units.ts';

/**
 * When a task that ended is started again; `deploy.restart_policy` wins, as in Compose. A job that says nothing
 * has one attempt, and none is repeated that succeeded.
 */
export function restartOf(
  service: ComposeService,
  mode: ServiceMode,
  name: string,
  faults: Fault[],
): Restart {
  const isJob = mode === 'job' || mode === 'global-job';
  const restart = policyOf(service, isJob ? 'no' : 'always', name, faults);
  return isJob && restart.condition === 'any' ? { ...restart, condition: 'on-failure' } : restart;
}

function policyOf(
  service: ComposeService,
  standard: 'no' | 'always',
  name: string,
  faults: Fault[],
): Restart {
  const policy = service.deploy?.restart_policy;
  const { delayMs } = safeDefaults.restart;
  if (policy !== undefined) {
    const conditions = { none: 'none', 'on-failure': 'on-failure', any: 'any', '': 'any' } as const;
    const condition = conditions[(policy.condition ?? '') as keyof typeof conditions];
    if (condition === undefined) {
      faults.push({
        path: ['services', name, 'deploy', 'restart_policy', 'condition'],
        message: `"${policy.condition}" is not a restart condition`,
        suggestion: 'use `none`, `on-failure` or `any`',
      });
    }
    const declaredMs = policy.delay === undefined ? undefined : durationMs(policy.delay);
    const windowMs = policy.window === undefined ? undefined : durationMs(policy.window);
    return {
      condition: condition ?? 'any',
      delayMs: declaredMs ?? delayMs,
      ...(declaredMs === undefined ? {} : { keepsDelay: true as const }),
      ...(policy.max_attempts === undefined ? {} : { attemptsMax: Number(policy.max_attempts) }),
      ...(windowMs === undefined ? {} : { windowMs }),
    };
  }
  const [word, attempts] = (service.restart ?? standard).split(':') as [string, string?];
  const conditions = {
    no: 'none',
    always: 'any',
    'unless-stopped': 'any',
    'on-failure': 'on-failure',
  } as const;
  const condition = conditions[word as keyof typeof conditions];
  if (condition === undefined || (attempts !== undefined && !/^\d+$/.test(attempts))) {
    faults.push({
      path: ['services', name, 'restart'],
      message: `"${service.restart}" is not a restart policy`,
      suggestion: 'use `no`, `always`, `unless-stopped` or `on-failure[:N]`',
    });
  }
  return {
    condition: condition ?? 'any',
    delayMs,
    ...(attempts === undefined ? {} : { attemptsMax: Number(attempts) }),
  };
}

export function healthcheckOf(
  check: ComposeHealthcheck | undefined,
): { healthcheck: EngineHealthcheck | { readonly disabled: true } } | undefined {
  if (check === undefined) return undefined;
  if (check.disable === true || check.test?.[0] === 'NONE') return { healthcheck: { disabled: true } };
  const spans = {
    intervalMs: check.interval,
    timeoutMs: check.timeout,
    startPeriodMs: check.start_period,
    startIntervalMs: check.start_interval,
  };
  const times = Object.entries(spans).flatMap(([key, text]) => {
    const ms = text === undefined ? undefined : durationMs(text);
    return ms === undefined ? [] : [[key, ms] as const];
  });
  return {
    healthcheck: {
      // Empty: the image's own test, with other times.
      test: check.test ?? [],
      ...Object.fromEntries(times),
      ...(check.retries === undefined ? {} : { retries: Number(check.retries) }),
    },
  };
}

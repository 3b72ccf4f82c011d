import { isJob, type ServiceSpec } from '@berth/domain/service';
import { isOlder } from './engine-gaps.ts';

/** What engines do where a health check does not say. */
const intervalMs = 30_000;
const startIntervalMs = 5_000;
/** The engine's API that looks more often while a container starts. */
const startIntervalSince = '1.44';
/** What nobody minds waiting for. */
const briefMs = 10_000;

/** Health checks whose first look is late, which every deployment waits for. Pure. */
export function findSlowChecks(services: readonly ServiceSpec[], apiVersion: string): readonly string[] {
  const hasStartInterval = !isOlder(apiVersion, startIntervalSince);
  return services.flatMap(({ name, healthcheck, mode, schedule }) => {
    if (healthcheck === undefined || 'disabled' in healthcheck || isJob(mode) || schedule !== undefined)
      return [];
    const interval = healthcheck.intervalMs ?? intervalMs;
    const firstMs =
      hasStartInterval && (healthcheck.startPeriodMs ?? 0) > 0
        ? Math.min(interval, healthcheck.startIntervalMs ?? startIntervalMs)
        : interval;
    if (firstMs <= briefMs) return [];
    const shorter = hasStartInterval ? '`start_period: 60s` with `start_interval: 1s`' : '`interval: 5s`';
    return [
      `services.${name}: the engine tries its health check for the first time after ${firstMs / 1_000} s, and each deployment of it waits for that; ${shorter} makes it sooner`,
    ];
  });
}

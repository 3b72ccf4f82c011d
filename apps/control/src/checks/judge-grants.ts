import { type Grant, gives } from '@berth/domain/permission';
import type { Holder } from '../grants/in-use.ts';
import { type Check, ok, warning } from './check.ts';

const dayMs = 86_400_000;
const soonMs = 7 * dayMs;

/** What runs with a permission still has a grant of it, and for a while yet. Pure. */
export function judgeGrants(holders: readonly Holder[], grants: readonly Grant[], nowMs: number): Check[] {
  const checks = holders.flatMap(({ app, service, permissions }) =>
    permissions.flatMap((permission): Check[] => {
      const ends = Math.max(
        0,
        ...grants
          .filter((grant) => grant.app === app && gives(grant, service, permission))
          .map(({ expiresAt }) => expiresAt),
      );
      if (ends > nowMs + soonMs) return [];
      const id = `platform.grant.${app}.${service}.${permission}`;
      const renew = `\`berth grants add ${app}/${service} ${permission} --reason TEXT\` renews it.`;
      return ends > nowMs
        ? [
            warning(
              'platform',
              id,
              `the grant of ${permission} for ${app}/${service} ends in ${Math.ceil((ends - nowMs) / dayMs)} days; then nothing of it is deployed`,
              renew,
            ),
          ]
        : [
            warning(
              'platform',
              id,
              `${app}/${service} runs with ${permission}, and its grant has ended`,
              `Deploy it without, or \`berth stop -a ${app}\`; ${renew}`,
            ),
          ];
    }),
  );
  if (checks.length > 0 || holders.length === 0) return checks;
  return [
    ok(
      'platform',
      'platform.grants',
      `${holders.length === 1 ? '1 service has' : `${holders.length} services have`} more than every task, by grants that hold`,
    ),
  ];
}

import type { EdgeReport } from '@berth/contract/agent';
import { broken, type Check, count, listed, ok, warning } from './check.ts';

/** Worker processes of earlier configurations that is odd to have: each is a reload whose connections last. */
const oldWorkersMax = 8;

/** A node's edge runs and has the newest routes. Pure. */
export function judgeEdge(
  node: string,
  report: EdgeReport,
  desiredRevision: number | undefined,
  platform = 'berth',
): Check[] {
  const id = `edge.${node}`;
  if (!report.running)
    return [
      broken(
        'edge',
        id,
        `the edge of ${node} does not run: no app can be reached there`,
        `Look at \`docker logs ${platform}-edge\` and \`docker logs ${platform}-agent\`; is something else on its ports?`,
      ),
    ];
  const checks: Check[] = [];
  if (desiredRevision !== undefined && report.revision < desiredRevision)
    checks.push(
      broken(
        'edge',
        `${id}.revision`,
        `the edge of ${node} has routes of revision ${report.revision}; the newest is ${desiredRevision}`,
        `Look at \`docker logs ${platform}-agent\` for what it refused; a restart of the agent sends them again.`,
      ),
    );
  if (report.oldWorkers > oldWorkersMax)
    checks.push(
      warning(
        'edge',
        `${id}.workers`,
        `the edge of ${node} has ${report.oldWorkers} old processes that wait for long connections`,
        'They end with their connections; many at once means frequent changes of ports or certificates.',
      ),
    );
  if (checks.length > 0) return checks;
  return [ok('edge', id, `HAProxy ${report.version} on ${node}, routes of revision ${report.revision}`)];
}

const dayMs = 86_400_000;
const soonDays = 21;
const lateDays = 3;

/** A certificate is valid for a while yet. Pure. */
export function judgeCertificate(
  what: { readonly id: string; readonly name: string; readonly fix: string; readonly notAfterMs: number },
  nowMs: number,
): Check {
  const days = Math.floor((what.notAfterMs - nowMs) / dayMs);
  const text =
    days < 0 ? `${what.name} ended ${-days} days ago` : `${what.name} is valid for ${days} more days`;
  if (days < lateDays) return broken('certificates', what.id, text, what.fix);
  if (days < soonDays) return warning('certificates', what.id, text, what.fix);
  return ok('certificates', what.id, text);
}

export interface ResolvedName {
  readonly domain: string;
  readonly app: string;
  readonly resolves: 'here' | 'elsewhere' | 'nowhere' | 'unknown';
}

/** Names of apps lead to this platform. Pure. */
export function judgeNames(names: readonly ResolvedName[], publicAddress: string): Check[] {
  const checks = names.flatMap(({ domain, app, resolves }): Check[] => {
    const id = `dns.${domain}`;
    const fix = `Point ${domain} to ${publicAddress} (A or AAAA record), or remove it: \`berth domains rm ${domain} -a ${app}\`.`;
    if (resolves === 'nowhere')
      return [broken('dns', id, `${domain} of ${app} has no address: nobody can reach it`, fix)];
    if (resolves === 'elsewhere')
      return [
        warning('dns', id, `${domain} of ${app} leads elsewhere (a proxy in front of Berth is fine)`, fix),
      ];
    return [];
  });
  const unknown = names.filter((name) => name.resolves === 'unknown').map((name) => name.domain);
  if (unknown.length > 0)
    checks.push(
      warning(
        'dns',
        'dns.unknown',
        `the name servers did not answer for ${listed(unknown)}`,
        'Can control reach a name server? See /etc/resolv.conf of the machine.',
      ),
    );
  const here = names.filter((name) => name.resolves === 'here').length;
  if (here > 0) checks.push(ok('dns', 'dns.here', `${count(here, 'name')} of apps here`));
  return checks;
}

import { type Issue, refuse } from '@berth/contract/errors';
import {
  covers,
  findUngranted,
  judgePermission,
  type Permission,
  permissionsOf,
} from '@berth/domain/permission';
import type { Run } from '@berth/domain/run';
import type { ServiceSpec } from '@berth/domain/service';
import type { Clock } from '@berth/runtime/clock';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { GrantStore } from './store.ts';

/** The place of a manifest that asks for a permission. */
export interface Asked {
  readonly service: string;
  readonly permission: Permission;
  readonly issue: Issue;
}

export interface GrantDependencies {
  readonly grants: Pick<GrantStore, 'list'>;
  readonly nodes: Pick<Nodes, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Refuses services that have what nobody granted with `grant_needed`, and what no node gives to tasks with
 * `node_disallows`. `asked`: where a manifest says it.
 */
export async function requireGrants(
  deps: GrantDependencies,
  app: string,
  specs: readonly ServiceSpec[],
  asked: readonly Asked[] = [],
): Promise<void> {
  if (specs.every((spec) => permissionsOf(spec).length === 0)) return;
  const missing = findUngranted(specs, await deps.grants.list(app), deps.clock.now());
  if (missing.length > 0) {
    const issues = missing.map(({ service, permission }) => {
      const place = asked.find((one) => one.service === service && one.permission === permission);
      return place?.issue ?? issueOf(app, service, permission);
    });
    const words = missing.map(({ service, permission }) => `${permission} for ${service}`);
    throw refuse('grant_needed', `Nobody granted ${app} ${words.join(', ')}.`, { issues });
  }
  const wanted = [...new Set(specs.flatMap(permissionsOf))];
  const nodes = deps.nodes.list();
  const refused = wanted.filter((permission) => nodesRefusing(nodes, permission).length === nodes.length);
  const [node] = nodes;
  if (refused.length === 0 || node === undefined) return;
  throw refuse('node_disallows', `${app} was granted ${refused.join(', ')}, which no node gives to tasks.`, {
    evidence: [`on ${node.name}: \`berth up --allow ${listWith(node, refused)}\``],
  });
}

/** The same of an app's runs whose tasks are to start again, each of the release it is of. */
export async function requireGrantsOf(
  deps: GrantDependencies & { readonly releases: Pick<ReleaseStore, 'open'> },
  app: string,
  runs: readonly Pick<Run, 'service' | 'release'>[],
): Promise<void> {
  for (const [number, own] of Map.groupBy(runs, ({ release }) => release)) {
    const names = new Set(own.map(({ service }) => service));
    const { services } = await deps.releases.open(app, number);
    await requireGrants(
      deps,
      app,
      services.map(({ spec }) => spec).filter(({ name }) => names.has(name)),
    );
  }
}

/** Nodes whose own configuration keeps a permission from tasks, whatever is granted. */
export function nodesRefusing(nodes: readonly NodeLink[], permission: Permission): readonly NodeLink[] {
  if (judgePermission(permission).kind === 'neighbours') return [];
  return nodes.filter((node) => !allowedOn(node).some((allowed) => covers(allowed, permission)));
}

const allowedOn = (node: NodeLink): readonly Permission[] => node.facts().allow ?? [];

/** What `berth up --allow` takes on a node to give more: it sets the list as a whole. */
export const listWith = (node: NodeLink, more: readonly Permission[]): string =>
  [...new Set([...allowedOn(node), ...more])].join(',');

function issueOf(app: string, service: string, permission: Permission): Issue {
  const judged = judgePermission(permission);
  return {
    at: `services.${service}`,
    message: `needs a grant of \`${permission}\`: ${judged.kind === 'never' ? judged.why : judged.risk}`,
    suggestion: `an admin may give it: \`berth grants add ${app}/${service} ${permission} --reason TEXT\``,
  };
}

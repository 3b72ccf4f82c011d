import { type Issue, refuse } from '@berth/contract/errors';
import {
  covers,
  findUngranted,
  judgePermission,
  type Permission,
  permissionsOf,
} from '@berth/domain/permission';
import type { ServiceSpec } from '@berth/domain/service';
import type { Clock } from '@berth/runtime/clock';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
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
  const refused = wanted.filter((permission) => nodesRefusing(deps.nodes.list(), permission).isEverywhere);
  if (refused.length === 0) return;
  const [node] = deps.nodes.list();
  throw refuse('node_disallows', `${app} was granted ${refused.join(', ')}, which no node gives to tasks.`, {
    evidence: [`on ${node?.name ?? 'the node'}: ${allowCommand(node, refused)}`],
  });
}

/** Nodes whose own configuration keeps a permission from tasks, whatever is granted. */
export function nodesRefusing(
  nodes: readonly NodeLink[],
  permission: Permission,
): { readonly names: readonly string[]; readonly isEverywhere: boolean } {
  const judged = judgePermission(permission);
  if (judged.kind === 'neighbours') return { names: [], isEverywhere: false };
  const names = nodes
    .filter((node) => !(node.facts().allow ?? []).some((allowed) => covers(allowed, permission)))
    .map((node) => node.name);
  return { names, isEverywhere: nodes.length > 0 && names.length === nodes.length };
}

/** The list is set as a whole. */
export const allowCommand = (node: NodeLink | undefined, more: readonly Permission[]): string =>
  `\`berth up --allow ${[...new Set([...(node?.facts().allow ?? []), ...more])].join(',')}\``;

function issueOf(app: string, service: string, permission: Permission): Issue {
  const judged = judgePermission(permission);
  return {
    at: `services.${service}`,
    message: `needs a grant of \`${permission}\`: ${judged.kind === 'never' ? judged.why : judged.risk}`,
    suggestion: `an admin may give it: \`berth grants add ${app}/${service} ${permission} --reason TEXT\``,
  };
}

import { bareCapability } from '@berth/domain/capability';
import { judgePermission, type Permission, permissionsOf } from '@berth/domain/permission';
import type { AppService } from '@berth/domain/release';
import type { ComposeModel, ComposeService } from './compose-model.ts';
import { type Fault, type Issue, inOrder, type Path } from './issue.ts';

/** Something an admin has to grant, and the place that asks for it. */
export interface Ask {
  readonly service: string;
  readonly permission: Permission;
  readonly issue: Issue;
}

/** What services have only by a grant: each with its place, its risk, and the command that grants it. */
export function asksOf(o: {
  readonly model: ComposeModel;
  readonly app: string;
  readonly services: readonly AppService[];
  readonly toIssue: (fault: Fault) => Issue;
}): Ask[] {
  const asks = o.services.flatMap(({ spec }) =>
    permissionsOf(spec).map((permission): Ask => {
      const { name: service } = spec;
      return {
        service,
        permission,
        issue: o.toIssue({
          path: ['services', service, ...placeOf(o.model.services[service]!, permission)],
          message: `needs a grant of \`${permission}\`: ${riskOf(permission)}`,
          suggestion: grantCommand(o.app, service, permission),
        }),
      };
    }),
  );
  const order = inOrder(asks.map(({ issue }) => issue));
  return asks.sort((a, b) => order.indexOf(a.issue) - order.indexOf(b.issue));
}

export const grantCommand = (app: string, service: string, permission: Permission): string =>
  `an admin may give it: \`berth grants add ${app}/${service} ${permission} --reason TEXT\`; or remove it`;

function riskOf(permission: Permission): string {
  const judged = judgePermission(permission);
  return judged.kind === 'never' ? judged.why : judged.risk;
}

function placeOf(service: ComposeService, permission: Permission): Path {
  const [kind, rest = ''] = permission.split(/:(.*)/s);
  const within = (key: string, index: number): Path => (index < 0 ? [key] : [key, index]);
  switch (kind) {
    case 'cap':
      return within(
        'cap_add',
        (service.cap_add ?? []).findIndex((name) => bareCapability(name) === rest),
      );
    case 'bind':
      return within(
        'volumes',
        (service.volumes ?? []).findIndex(
          ({ type, source = '' }) =>
            type === 'bind' && source.replace(/\/+$/, '') === rest.replace(/:rw$/, ''),
        ),
      );
    case 'network':
      return ['network_mode'];
    default:
      return within(
        'security_opt',
        ((service.security_opt as readonly string[] | undefined) ?? []).findIndex((option) =>
          option.startsWith(kind === 'selinux' ? 'label' : (kind ?? '')),
        ),
      );
  }
}

import { bareCapability, reachOf } from './capability.ts';
import type { ServiceSpec } from './service.ts';

/**
 * What a task may have only by a grant, as text: `cap:NET_ADMIN`, `bind:/srv/media`, `bind:/srv/media:rw`,
 * `network:host`, `seccomp:unconfined`, `seccomp:custom`, `apparmor:unconfined`, `selinux:label`.
 */
export type Permission = string;

interface Reach {
  readonly kind: 'neighbours' | 'node';
  readonly risk: string;
}

export type PermissionJudgement =
  /** `permission`: as it is written everywhere. */
  | ({ readonly permission: Permission } & Reach)
  /** Nobody can grant it. */
  | { readonly kind: 'never'; readonly why: string };

const fixed: Readonly<Record<string, string>> = {
  'network:host': 'it reaches every service of the node that listens on loopback, and takes its ports',
  'seccomp:unconfined': 'it may call anything of the kernel of the node',
  'seccomp:custom': 'its own profile may let it call anything of the kernel of the node',
  'apparmor:unconfined': 'nothing keeps its root from the settings of the kernel',
  'selinux:label': 'under another label it may reach files of the node',
};

/** What a permission is, and how far it reaches. Pure. */
export function judgePermission(text: string): PermissionJudgement {
  const [, kind, rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  if (kind === 'cap') {
    const reach = reachOf(rest);
    if (reach === undefined) return { kind: 'never', why: `${rest} is not a capability of the kernel` };
    if (reach.kind === 'container') return { kind: 'never', why: `${rest} needs no grant` };
    return { ...reach, permission: `cap:${bareCapability(rest)}` };
  }
  if (kind === 'bind') {
    const { path, isWritable } = parseBind(rest);
    const why = findBindFault(path);
    if (why !== undefined) return { kind: 'never', why };
    const risk = isWritable
      ? 'what it writes there is on the node for good'
      : 'it reads what of the node is there';
    return { kind: 'node', permission: bindPermission(path, isWritable), risk };
  }
  const risk = Object.hasOwn(fixed, text) ? fixed[text] : undefined;
  return risk === undefined
    ? { kind: 'never', why: `"${text}" is not a permission` }
    : { kind: 'node', permission: text, risk };
}

export const permissionForms =
  'cap:NAME, bind:/PATH, bind:/PATH:rw, network:host, seccomp:unconfined, seccomp:custom, apparmor:unconfined or selinux:label';

export const bindPermission = (path: string, isWritable: boolean): Permission =>
  `bind:${path}${isWritable ? ':rw' : ''}`;

function parseBind(text: string): { path: string; isWritable: boolean } {
  return text.endsWith(':rw')
    ? { path: text.slice(0, -3), isWritable: true }
    : { path: text.replace(/:ro$/, ''), isWritable: false };
}

/** Of the machine itself, or of its engine: neither they, nor what is in them, nor what they are in. */
const protectedPaths = [
  ...['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/proc', '/root', '/run', '/sbin'],
  ...['/sys', '/usr', '/var/run', '/var/lib/docker', '/var/lib/containerd', '/var/lib/berth'],
];

/** Why a directory of the host is mounted for nobody; undefined: it may be granted. */
export function findBindFault(path: string, own: readonly string[] = []): string | undefined {
  if (!/^(\/[^/:,\0\n\r\\]+)+$/.test(path) || path.split('/').some((part) => part === '.' || part === '..'))
    return path === '/'
      ? 'it is the whole node'
      : `"${path}" is not an absolute path as it is stored: without ".", "..", ":" and ","`;
  const [met] = [...protectedPaths, ...own].filter(
    (each) => path === each || path.startsWith(`${each}/`) || each.startsWith(`${path}/`),
  );
  return met === undefined ? undefined : `${met} belongs to the node itself`;
}

/** Whether what was granted is enough: who may write may read. */
export const covers = (granted: Permission, wanted: Permission): boolean =>
  granted === wanted || (wanted.startsWith('bind:') && granted === `${wanted}:rw`);

/** Where one directory is in another that tasks may write: a link made there could lead anywhere. */
export function findNestedBind(permissions: readonly Permission[]): readonly [string, string] | undefined {
  const binds = permissions
    .filter((text) => text.startsWith('bind:'))
    .map((text) => parseBind(text.slice(5)));
  for (const outer of binds.filter(({ isWritable }) => isWritable)) {
    const inner = binds.find(({ path }) => path.startsWith(`${outer.path}/`));
    if (inner !== undefined) return [outer.path, inner.path];
  }
  return undefined;
}

type Asking = Pick<ServiceSpec, 'capAdd' | 'mounts' | 'hostNetwork' | 'seccomp' | 'appArmor' | 'seLinux'>;

/** What the tasks of a service have only by a grant. */
export function permissionsOf(spec: Asking): Permission[] {
  return [
    ...new Set([
      ...spec.capAdd
        .filter((name) => reachOf(name)?.kind !== 'container')
        .map((name) => `cap:${bareCapability(name)}`),
      ...spec.mounts.flatMap((mount) =>
        mount.kind === 'bind' ? [bindPermission(mount.source, !mount.readOnly)] : [],
      ),
      ...(spec.hostNetwork === true ? ['network:host'] : []),
      ...(spec.seccomp === undefined
        ? []
        : [spec.seccomp.kind === 'unconfined' ? 'seccomp:unconfined' : 'seccomp:custom']),
      ...(spec.appArmor === 'unconfined' ? ['apparmor:unconfined'] : []),
      ...(spec.seLinux === undefined ? [] : ['selinux:label']),
    ]),
  ];
}

/** Given by an admin to one app, or one service of it. */
export interface Grant {
  readonly id: string;
  readonly app: string;
  /** Undefined: every service of the app. */
  readonly service?: string;
  readonly permission: Permission;
  readonly reason: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly grantedBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Whether a grant, while it holds, gives a service of its app what that asks for. */
export const gives = (
  grant: Pick<Grant, 'service' | 'permission'>,
  service: string,
  wanted: Permission,
): boolean => (grant.service ?? service) === service && covers(grant.permission, wanted);

/** What services ask for and no grant that holds gives them. */
export function findUngranted(
  services: readonly (Asking & { readonly name: string })[],
  grants: readonly Pick<Grant, 'service' | 'permission' | 'expiresAt'>[],
  now: number,
): readonly { readonly service: string; readonly permission: Permission }[] {
  const valid = grants.filter(({ expiresAt }) => expiresAt > now);
  return services.flatMap((spec) =>
    permissionsOf(spec)
      .filter((wanted) => !valid.some((grant) => gives(grant, spec.name, wanted)))
      .map((permission) => ({ service: spec.name, permission })),
  );
}

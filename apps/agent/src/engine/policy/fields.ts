import { bareCapability, reachOf } from '@berth/domain/capability';
import { bindPermission, covers, findBindFault } from '@berth/domain/permission';
import { isNamespacedSysctl } from '@berth/domain/sysctl';
import { isVolumeOptions } from '../../volumes/options.ts';
import { isEmpty } from './keys.ts';
import type { PolicySettings } from './request.ts';

/** What one field of a body may say. */

export type Settings = Pick<PolicySettings, 'platform' | 'volumesDir' | 'allow' | 'ownDir'> & {
  /** It is to have no tasks: what they would have matters to nobody. */
  readonly stops?: boolean;
};
type Field = (value: unknown, given: Settings) => string | undefined;
export type Fields = Readonly<Record<string, Field>>;

export const any = (): undefined => undefined;
export const empty = (value: unknown): string | undefined => (isEmpty(value) ? undefined : 'must not be set');
/**
 * What reaches the node is up to the node: control grants it to apps, and whoever has control could grant it to
 * himself, so the configuration of this agent has to allow it as well. Control cannot change that.
 */
const allowed = ({ allow, stops }: Settings, permission: string): boolean =>
  stops === true || allow.some((given) => covers(given, permission));
export const unlessAllowed = (given: Settings, permission: string): string | undefined =>
  allowed(given, permission)
    ? undefined
    : `${permission} reaches the node, whose configuration does not allow it`;

export const safeCapabilities: Field = (value, given) => {
  for (const name of list(value).map(String)) {
    const reach = reachOf(name);
    if (reach === undefined) return `${name} is not a capability`;
    if (reach.kind === 'node' && !allowed(given, `cap:${bareCapability(name)}`))
      return `capability ${name} reaches the node, whose configuration does not allow it`;
  }
  return undefined;
};
export const namespacedSysctls = (value: unknown): string | undefined => {
  const bad = Object.keys(record(value)).find((name) => !isNamespacedSysctl(name));
  return bad === undefined ? undefined : `${bad} is a setting of the whole node`;
};
export const notBelowZero = (value: unknown): string | undefined =>
  Number(value) >= 0 ? undefined : 'must not be below 0';
export const securityOptions: Field = (value, given) => {
  for (const option of list(value).map(String)) {
    if (/^no-new-privileges(:true)?$/.test(option)) continue;
    const permission = securityPermission(option);
    const fault =
      permission === undefined
        ? `security option ${option} is not allowed`
        : unlessAllowed(given, permission);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
function securityPermission(option: string): string | undefined {
  if (option === 'seccomp=unconfined') return 'seccomp:unconfined';
  if (option.startsWith('seccomp={')) return 'seccomp:custom';
  if (option === 'apparmor=unconfined') return 'apparmor:unconfined';
  return /^label=(disable$|(user|role|type|level):)/.test(option) ? 'selinux:label' : undefined;
}
export const privileges: Fields = {
  NoNewPrivileges: any,
  Seccomp: (value, given) => {
    const { Mode } = record(value);
    if (Mode === 'default') return undefined;
    return unlessAllowed(given, Mode === 'unconfined' ? 'seccomp:unconfined' : 'seccomp:custom');
  },
  AppArmor: (value, given) =>
    record(value).Mode === 'default' ? undefined : unlessAllowed(given, 'apparmor:unconfined'),
  SELinuxContext: (value, given) => (isEmpty(value) ? undefined : unlessAllowed(given, 'selinux:label')),
};
/** A file or directory of the host is mounted where the node allows exactly that, under none of its other names. */
export const safeMounts: Field = (value, given) => {
  for (const mount of list(value).map(record)) {
    const source = String(mount.Source ?? '');
    if (mount.Type === 'tmpfs') continue;
    if (mount.Type === 'bind') {
      const fault = bindFault(mount, source, given);
      if (fault !== undefined) return fault;
      continue;
    }
    if (mount.Type !== 'volume') return `a mount of type ${String(mount.Type)}: only volume and tmpfs`;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(source))
      return `${source || 'a mount'} is not the name of a volume`;
    const driver = record(record(mount.VolumeOptions).DriverConfig);
    if (!(isEmpty(driver.Name) || driver.Name === 'local')) return `volume ${source} with a driver`;
  }
  return undefined;
};
function bindFault(
  mount: Readonly<Record<string, unknown>>,
  source: string,
  given: Settings,
): string | undefined {
  const fault = findBindFault(source, [given.ownDir]);
  if (fault !== undefined) return `a bind mount of ${source}: ${fault}`;
  const other = Object.keys(mount).find(
    (key) => !['Type', 'Source', 'Target', 'ReadOnly'].includes(key) && !isEmpty(mount[key]),
  );
  if (other !== undefined) return `a bind mount with ${other}`;
  return unlessAllowed(given, bindPermission(source, mount.ReadOnly !== true));
}
/** The agent's own volumes, by exactly the options it gave: anything else could be any directory of the host. */
export const findVolumeFault = (mounts: unknown, volumesDir: string): string | undefined => {
  for (const mount of list(mounts).map(record)) {
    const { Options } = record(record(mount.VolumeOptions).DriverConfig);
    if (!isEmpty(Options) && !isVolumeOptions(record(Options), volumesDir))
      return `volume ${String(mount.Source)} with driver options could be any directory of the host`;
  }
  return undefined;
};
export const privateNetwork: Field = (value, given) => {
  if (value === 'host') return unlessAllowed(given, 'network:host');
  return /^(host|container:|ns:)/.test(String(value ?? '')) ? `network mode ${String(value)}` : undefined;
};

export function findFault(
  object: Readonly<Record<string, unknown>>,
  fields: Fields,
  at: string,
  given: Settings,
): string | undefined {
  for (const [key, value] of Object.entries(object)) {
    // Own keys only, and exactly as written: the engine's decoder ignores case, so any other case is unknown.
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      if (isEmpty(value)) continue;
      return `${at}.${key} is not one Berth uses`;
    }
    const fault = field(value, given);
    if (fault !== undefined)
      return fault.startsWith(`${at}.`) || fault.includes('.') ? fault : `${at}.${key}: ${fault}`;
  }
  return undefined;
}

export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value == null ? [] : [value];
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

import type { ServiceSpec } from '@berth/domain/service';
import type { ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import type { SourceFile } from './translate-files.ts';

export type Security = Pick<ServiceSpec, 'noNewPrivileges' | 'seccomp' | 'appArmor' | 'seLinux'>;

type Option = { readonly set: Partial<Security> } | { readonly why: string; readonly instead: string };

/** `security_opt`, each option by its name. What Swarm has no field for is refused. */
export function securityOf(
  service: ComposeService,
  name: string,
  faults: Fault[],
  readSource: ((path: string) => SourceFile) | undefined,
): Security {
  let security: Security = { noNewPrivileges: false };
  for (const [index, text] of ((service.security_opt as readonly string[] | undefined) ?? []).entries()) {
    const [key = '', value = ''] = text.split(/[:=](.*)/s);
    const option = readers[key]?.(value, readSource) ?? {
      why: 'Swarm has no field for it',
      instead: 'remove it',
    };
    if ('set' in option) {
      const label = { ...security.seLinux, ...option.set.seLinux };
      security = {
        ...security,
        ...option.set,
        ...(Object.keys(label).length === 0 ? {} : { seLinux: label }),
      };
    } else
      faults.push({
        path: ['services', name, 'security_opt', index],
        message: `\`security_opt: ${text}\` is not supported: ${option.why}`,
        suggestion: option.instead,
      });
  }
  return security;
}

const readers: Readonly<
  Record<string, (value: string, readSource: ((path: string) => SourceFile) | undefined) => Option>
> = {
  'no-new-privileges': (value) => ({ set: { noNewPrivileges: value !== 'false' } }),
  seccomp: (value, readSource) => {
    if (value === '' || value === 'default') return { set: {} };
    if (value === 'unconfined') return { set: { seccomp: { kind: 'unconfined' } } };
    return readProfile(value, readSource);
  },
  apparmor: (value) => {
    if (value === '' || value === 'docker-default') return { set: {} };
    return value === 'unconfined'
      ? { set: { appArmor: 'unconfined' } }
      : {
          why: 'Swarm knows the engine’s own profile and none other',
          instead: 'remove it: the engine’s own profile is used',
        };
  },
  label: (value) => {
    if (value === 'disable') return { set: { seLinux: { disabled: true } } };
    const [part = '', text = ''] = value.split(/:(.*)/s);
    return ['user', 'role', 'type', 'level'].includes(part) && /^[\w:,.-]+$/.test(text)
      ? { set: { seLinux: { [part]: text } } }
      : {
          why: 'it is no part of a label of SELinux',
          instead: 'write it like `label:type:svirt_lxc_net_t`; user, role, type and level can be set',
        };
  },
};

/** It travels with the release, so that every node has it. */
function readProfile(path: string, readSource: ((path: string) => SourceFile) | undefined): Option {
  const found = readSource?.(path);
  if (found?.kind !== 'file')
    return {
      why: `the profile ${path} is no file of the source`,
      instead: 'add it, or remove the option: the engine’s own profile is used',
    };
  const instead = 'see https://docs.docker.com/engine/security/seccomp/';
  let profile: unknown;
  try {
    profile = JSON.parse(Buffer.from(found.bytes).toString('utf8'));
  } catch {
    return { why: `the profile ${path} is not JSON`, instead };
  }
  const { defaultAction } = (profile ?? {}) as { defaultAction?: unknown };
  return typeof defaultAction === 'string' && /^SCMP_ACT_[A-Z_]+$/.test(defaultAction)
    ? { set: { seccomp: { kind: 'custom', profile: JSON.stringify(profile) } } }
    : { why: `the profile ${path} has no \`defaultAction\``, instead };
}

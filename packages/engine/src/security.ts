import type { EngineInfo } from './types.ts';

export interface EngineSecurity {
  /** Security modules of the kernel that it uses: `seccomp`, `apparmor`, `selinux`. */
  readonly modules: readonly string[];
  /** Tasks that ask for nothing else are kept from some calls of the kernel. */
  readonly hasSeccompProfile: boolean;
  readonly isRootless: boolean;
}

/** What an engine's `SecurityOptions` say: words like `name=seccomp,profile=default`. Pure. */
export function securityOf({ SecurityOptions }: Pick<EngineInfo, 'SecurityOptions'>): EngineSecurity {
  const options = SecurityOptions ?? [];
  return {
    modules: options.flatMap((option) => /^name=(seccomp|apparmor|selinux)\b/.exec(option)?.[1] ?? []),
    hasSeccompProfile: options.some((option) => /^name=seccomp\b(?!.*profile=unconfined)/.test(option)),
    isRootless: options.some((option) => /^name=rootless\b/.test(option)),
  };
}

/** Versions with a fault that Berth would meet, of the engine and of the kernel. */
export interface KnownIssue {
  /** The first version with it, and the first without. */
  readonly from: string;
  readonly below: string;
  /** Nothing works, or not safely; else it is worth knowing. */
  readonly isBroken: boolean;
  readonly text: string;
}

const encryption =
  'packets of encrypted overlay networks go in clear text where the kernel has no xt_u32 (CVE-2023-28840)';

export const engineIssues: readonly KnownIssue[] = [
  {
    from: '0',
    below: '20.10.0',
    isBroken: true,
    text: 'it does not speak API 1.41, which Berth needs',
  },
  {
    from: '20.10.0',
    below: '20.10.10',
    isBroken: true,
    text: 'its seccomp profile answers clone3 with EPERM, and images with glibc 2.34 or later cannot start threads',
  },
  { from: '20.10.10', below: '20.10.24', isBroken: false, text: encryption },
  { from: '23.0.0', below: '23.0.3', isBroken: false, text: encryption },
  {
    from: '25.0.0',
    below: '25.0.2',
    isBroken: false,
    text: 'containers restarted after the engine may share a MAC address, and lose their network',
  },
];

const dirtyPipe = 'a container can write to files of its image that others use, too (CVE-2022-0847)';

/** Of kernels as they were released: a distribution mends them under the same number, and says so in a suffix. */
export const kernelIssues: readonly KnownIssue[] = [
  { from: '0', below: '4.18', isBroken: true, text: 'too old: overlay networks and limits need a later one' },
  { from: '5.8', below: '5.10.102', isBroken: false, text: dirtyPipe },
  { from: '5.11', below: '5.15.25', isBroken: false, text: dirtyPipe },
  { from: '5.16', below: '5.16.11', isBroken: false, text: dirtyPipe },
];

/** Those a version has. Pure. */
export function issuesOf(version: string, issues: readonly KnownIssue[]): readonly KnownIssue[] {
  return issues.filter(
    ({ from, below }) => compareVersions(version, from) >= 0 && compareVersions(version, below) < 0,
  );
}

/** As `uname -r` says it. Pure. */
export function kernelIssuesOf(release: string): readonly KnownIssue[] {
  const isOfDistribution = /^\d+(\.\d+)*-/.test(release);
  return issuesOf(release, kernelIssues).filter(({ isBroken }) => isBroken || !isOfDistribution);
}

/** A package of a distribution, not of Docker: `20.10.24+dfsg1`, `24.0.7-0ubuntu2`. */
export const isDistributionPackage = (engineVersion: string): boolean =>
  /\+dfsg|ubuntu|\.fc\d|\.el\d|-ce\b|suse/i.test(engineVersion);

/** Numbers only: `20.10.24+dfsg1` is 20.10.24, for a distribution adds fixes and not features. */
export function compareVersions(a: string, b: string): number {
  const parse = (text: string): number[] => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [left, right] = [parse(a), parse(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

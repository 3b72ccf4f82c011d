/** The Debian release under all images. */
export const debianSuite = 'trixie';

/** What `base` has beyond the essential packages and apt. */
const basePackages = ['ca-certificates', 'netbase', 'passwd', 'tzdata'];
const excluded = ['man', 'info', 'locale', 'lintian', 'doc'];

/** How mmdebstrap makes the root of it: the essential packages, apt, and no documentation but licences. */
export const bootstrapArguments: readonly string[] = [
  '--variant=apt',
  '--format=tar',
  `--include=${basePackages.join(',')}`,
  ...excluded.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
  // A root that is lost in a crash is made again; no use in waiting for the disk at each file.
  '--dpkgopt=force-unsafe-io',
];

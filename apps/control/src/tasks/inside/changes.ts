const kinds = ['modified', 'added', 'deleted'] as const;

export interface FileChange {
  readonly kind: (typeof kinds)[number];
  readonly path: string;
}

/** What a container always differs in from its image. */
const own =
  /^\/(dev|proc|sys|etc\/(hosts|hostname|resolv\.conf|mtab)|\.dockerenv|(usr\/)?sbin\/docker-init)(\/|$)/;

export const isBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`);

/**
 * What a task changed of its image's files, without what lies on mounts, and without directories that are
 * listed only because something in them changed. Pure.
 */
export function changesOf(
  found: readonly { readonly Path: string; readonly Kind: 0 | 1 | 2 }[],
  mounts: readonly string[],
): FileChange[] {
  const kept = found.filter(
    ({ Path }) => !own.test(Path) && !mounts.some((mount) => isBelow(Path, mount) || isBelow(mount, Path)),
  );
  const parents = new Set(
    kept.flatMap(({ Path }) => {
      const parts = Path.split('/');
      return parts.slice(2).map((_, index) => parts.slice(0, index + 2).join('/'));
    }),
  );
  // Engines from time to time list a directory as modified when a mount below it was made.
  const isBareParent = ({ Path, Kind }: { Path: string; Kind: number }) =>
    Kind === 0 &&
    (parents.has(Path) || found.some((other) => other.Path !== Path && isBelow(other.Path, Path)));
  return kept
    .filter((change) => !isBareParent(change))
    .map(({ Path, Kind }) => ({ kind: kinds[Kind], path: Path }));
}

/** Longest chain of links that is followed; Linux itself gives up after 40. */
const hopsMax = 40;

export type LinkFault =
  | { readonly kind: 'absolute'; readonly target: string }
  | { readonly kind: 'outside'; readonly target: string };

/**
 * Where the link at `path` leads, followed component by component through `links` (path → target, all links
 * of the tree): undefined when it stays inside the root. A target such as `deep/link/..` looks inside but may
 * lead out when `deep/link` is itself a link, so nothing is decided from the text alone.
 */
export function findLinkFault(path: string, links: ReadonlyMap<string, string>): LinkFault | undefined {
  const target = links.get(path);
  if (target === undefined) return undefined;
  if (isAbsolute(target)) return { kind: 'absolute', target };
  const at = path.split('/').slice(0, -1);
  let rest = target.split('/');
  for (let hops = 0; rest.length > 0; ) {
    const [part, ...more] = rest;
    rest = more;
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return { kind: 'outside', target };
      continue;
    }
    at.push(part);
    const next = links.get(at.join('/'));
    if (next === undefined) continue;
    if (isAbsolute(next)) return { kind: 'absolute', target };
    // A loop leads nowhere, so it does not lead out.
    if (++hops > hopsMax) return undefined;
    at.pop();
    rest = [...next.split('/'), ...rest];
  }
  return undefined;
}

const isAbsolute = (target: string): boolean => target.startsWith('/');

export function describeLinkFault(path: string, fault: LinkFault): string {
  return fault.kind === 'absolute'
    ? `${path} is a link to the absolute path ${fault.target}`
    : `${path} is a link to ${fault.target}, which is outside the directory`;
}

import {
  type Hooks,
  imageDigest,
  type ReleaseFile,
  type ReleaseService,
  type Variables,
} from '@berth/domain/release';
import type { Route } from '@berth/domain/route';
import { describeFields, describeSettings } from './spec-changes.ts';
import type { ReleaseContent } from './store.ts';

/** How a release differs from the one before, in words; variables by name only, never by value. */
export function describeChanges(before: ReleaseContent | undefined, after: ReleaseContent): string[] {
  if (before === undefined) return ['first release'];
  const changes: string[] = [];
  const old = new Map(before.services.map((service) => [service.spec.name, service]));
  for (const service of after.services) {
    const name = service.spec.name;
    const was = old.get(name);
    old.delete(name);
    if (was === undefined) changes.push(`${name}: new service`);
    else changes.push(...describeService(was, service).map((change) => `${name}: ${change}`));
  }
  changes.push(...describeVariables(before.variables, after.variables));
  for (const service of new Set([
    ...Object.keys(before.serviceVariables),
    ...Object.keys(after.serviceVariables),
  ]))
    changes.push(
      ...describeServiceVariables(service, before, after).map((change) => `${service}: ${change}`),
    );
  changes.push(...describeFiles(before.files, after.files));
  for (const name of old.keys()) changes.push(`${name}: service removed`);
  changes.push(...describeSurroundings(before, after));
  return changes.length === 0 ? ['deadlines or drain windows changed'] : changes;
}

/** How a service differs, in words. */
export function describeService(was: ReleaseService, is: ReleaseService): string[] {
  const changes: string[] = [];
  if (imageDigest(was.image) !== imageDigest(is.image)) changes.push(describeImages(was, is));
  changes.push(...describeVariables(was.spec.environment, is.spec.environment));
  changes.push(...describeSettings(was.spec, is.spec));
  return changes;
}

/** What a release has beside its services, variables and files. */
export function describeSurroundings(before: ReleaseContent, after: ReleaseContent): string[] {
  const isSame = (key: 'redirects' | 'links' | 'exposes' | 'externals') =>
    JSON.stringify(before[key]) === JSON.stringify(after[key]);
  return [
    ...describeNamed('route', before.routes.map(routeText), after.routes.map(routeText)),
    ...(isSame('redirects') ? [] : ['redirects changed']),
    ...describeObjects('network', before.networks, after.networks),
    ...describeObjects('volume', before.volumes, after.volumes),
    ...(isSame('links') && isSame('externals') ? [] : ['links changed']),
    ...(isSame('exposes') ? [] : ['what other apps may reach changed']),
    ...describeHooks(before.hooks, after.hooks),
  ];
}

interface Named {
  readonly name: string;
  readonly text: string;
}
const hookWords = { release: 'release command', postDeploy: 'post-deploy command', seed: 'seed command' };

function describeHooks(before: Hooks, after: Hooks): string[] {
  return (Object.keys(hookWords) as (keyof Hooks)[]).flatMap((key) => {
    const [was, is] = [before[key], after[key]];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [`${hookWords[key]} ${was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'}`];
  });
}

/** Networks or volumes of a manifest: which come and go, and what of them is another one. */
export function describeObjects<T extends { readonly name: string }>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
): string[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
  return names.flatMap((name) => {
    const was = before.find((item) => item.name === name);
    const is = after.find((item) => item.name === name);
    if (was === undefined) return [`${kind} ${name} added`];
    if (is === undefined) return [`${kind} ${name} removed`];
    return describeFields(`${kind} ${name}:`, was, is);
  });
}

const routeText = (route: Route): Named => ({
  name: `${route.host ?? ''}${route.path}`,
  text: `${route.service}${route.stripPrefix ? ', prefix stripped' : ''}`,
});

function describeNamed(kind: string, before: readonly Named[], after: readonly Named[]): string[] {
  const was = new Map(before.map((item) => [item.name, item.text]));
  const is = new Map(after.map((item) => [item.name, item.text]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((name) => {
    const [old, now] = [was.get(name), is.get(name)];
    if (old === now) return [];
    if (old === undefined) return [`${kind} ${name} added`];
    return [now === undefined ? `${kind} ${name} removed` : `${kind} ${name} changed`];
  });
}

/** Variables of one service, beside those of all. */
export const describeServiceVariables = (
  service: string,
  before: Pick<ReleaseContent, 'serviceVariables'>,
  after: Pick<ReleaseContent, 'serviceVariables'>,
): string[] =>
  describeVariables(before.serviceVariables[service] ?? {}, after.serviceVariables[service] ?? {});

export function describeVariables(was: Variables, is: Variables): string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names.flatMap((name) => {
    // `null` takes out what the image sets.
    if (is[name] === null && was[name] !== null) return [`variable ${name} taken out`];
    if (!(name in was)) return [`variable ${name} added`];
    if (!(name in is)) return [`variable ${name} removed`];
    return was[name] === is[name] ? [] : [`variable ${name} changed`];
  });
}

/** By name only, never by content. */
export function describeFiles(before: readonly ReleaseFile[], after: readonly ReleaseFile[]): string[] {
  const key = ({ kind, name, service }: ReleaseFile) =>
    `${kind} ${name}${service === undefined ? '' : ` of ${service}`}`;
  const text = ({ base64, labels }: ReleaseFile) => JSON.stringify([base64, labels ?? {}]);
  const was = new Map(before.map((file) => [key(file), text(file)]));
  const is = new Map(after.map((file) => [key(file), text(file)]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((name) => {
    if (!was.has(name)) return [`${name} added`];
    if (!is.has(name)) return [`${name} removed`];
    return was.get(name) === is.get(name) ? [] : [`${name} changed`];
  });
}

/** Digest to digest; of images with names that people know, those, too. */
function describeImages(was: ReleaseService, is: ReleaseService): string {
  const digests = `${shortDigest(was.image)} → ${shortDigest(is.image)}`;
  const isNamed = [was, is].every(({ imageLabel }) => !imageLabel.startsWith('source '));
  return isNamed && was.imageLabel !== is.imageLabel
    ? `image ${was.imageLabel} → ${is.imageLabel} (${digests})`
    : `image ${digests}`;
}

const shortDigest = (image: string): string => {
  const at = image.indexOf('@sha256:');
  return at < 0 ? image : image.slice(at + 8, at + 20);
};

import type { ReleaseFile, Variables } from '@berth/domain/release';
import { describeSettings } from './spec-changes.ts';
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
    if (was === undefined) {
      changes.push(`${name}: new service`);
      continue;
    }
    if (was.image !== service.image)
      changes.push(`${name}: image ${shortDigest(was.image)} → ${shortDigest(service.image)}`);
    changes.push(...describeVariables(`${name}: `, was.spec.environment, service.spec.environment));
    changes.push(...describeSettings(was.spec, service.spec).map((change) => `${name}: ${change}`));
  }
  changes.push(...describeVariables('', before.variables, after.variables));
  for (const service of new Set([
    ...Object.keys(before.serviceVariables),
    ...Object.keys(after.serviceVariables),
  ]))
    changes.push(
      ...describeVariables(
        `${service}: `,
        before.serviceVariables[service] ?? {},
        after.serviceVariables[service] ?? {},
      ),
    );
  changes.push(...describeFiles(before.files, after.files));
  for (const name of old.keys()) changes.push(`${name}: service removed`);
  if (JSON.stringify(before.routes) !== JSON.stringify(after.routes)) changes.push('routes changed');
  if (JSON.stringify(before.redirects) !== JSON.stringify(after.redirects)) changes.push('redirects changed');
  if (JSON.stringify(before.hooks) !== JSON.stringify(after.hooks)) changes.push('release command changed');
  return changes.length === 0 ? ['deadlines or drain windows changed'] : changes;
}

function describeVariables(prefix: string, was: Variables, is: Variables): string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names.flatMap((name) => {
    if (!(name in was)) return [`${prefix}variable ${name} added`];
    if (!(name in is)) return [`${prefix}variable ${name} removed`];
    return was[name] === is[name] ? [] : [`${prefix}variable ${name} changed`];
  });
}

/** By name only, never by content. */
function describeFiles(before: readonly ReleaseFile[], after: readonly ReleaseFile[]): string[] {
  const key = ({ kind, name }: ReleaseFile) => `${kind} ${name}`;
  const was = new Map(before.map((file) => [key(file), file.base64]));
  const is = new Map(after.map((file) => [key(file), file.base64]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((name) => {
    if (!was.has(name)) return [`${name} added`];
    if (!is.has(name)) return [`${name} removed`];
    return was.get(name) === is.get(name) ? [] : [`${name} changed`];
  });
}

const shortDigest = (image: string): string => {
  const at = image.indexOf('@sha256:');
  return at < 0 ? image : image.slice(at + 8, at + 20);
};

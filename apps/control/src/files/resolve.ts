import { type ErrorCode, type Issue, refuse } from '@berth/contract/errors';
import { type FileKind, fileNamesOf, findSizeFault } from '@berth/domain/file';
import type { FileSource, ReleaseFile } from '@berth/domain/release';
import { parseScope } from '@berth/domain/scope';
import type { ServiceSpec } from '@berth/domain/service';

/** A stored config or secret as an app or one of its services gets it: the nearest scope's. */
export interface StoredContent {
  readonly base64: string;
  readonly scope: string;
  readonly version: number;
}

export interface FileResolver {
  /** `service` undefined: what the app itself gets. */
  find(
    place: { readonly app: string; readonly service?: string | undefined },
    kind: FileKind,
    name: string,
  ): Promise<StoredContent | undefined>;
}

type User = Pick<ServiceSpec, 'name' | 'files' | 'secretVariables'>;
type Fault = Issue & { readonly code: ErrorCode };

/**
 * Content of what a manifest names: one for all services that use it, and one more for each that is told
 * otherwise. Refuses with every one that is missing or does not fit, by name and never by value:
 * `missing_variable`, `missing_secret` or `invalid`.
 */
export async function resolveFiles(input: {
  app: string;
  sources: readonly FileSource[];
  /** Those of the manifest. */
  services: readonly User[];
  variables: Readonly<Record<string, string | null>>;
  stored: FileResolver;
}): Promise<ReleaseFile[]> {
  const { app } = input;
  const files: ReleaseFile[] = [];
  const faults: Fault[] = [];
  for (const { kind, name, source, labels } of input.sources) {
    const common = { kind, name, ...(labels === undefined ? {} : { labels }) };
    if (source.kind === 'content') {
      files.push({ ...common, base64: source.base64, from: { kind: 'content' } });
    } else if (source.kind === 'variable') {
      const value = input.variables[source.variable] ?? undefined;
      const fault = faultOfVariable(app, { kind, name, variable: source.variable, value });
      if (fault !== undefined) faults.push(fault);
      if (value === undefined) continue;
      const from = { kind: 'variable', variable: source.variable } as const;
      files.push({ ...common, base64: Buffer.from(value).toString('base64'), from });
    } else {
      const users = input.services
        .filter((spec) => fileNamesOf(spec).some((one) => one.kind === kind && one.name === name))
        .map((spec) => spec.name);
      const { found, lacking } = await storedFor({ ...input, kind, name: source.name, users });
      files.push(...found.map((file) => ({ ...common, ...file })));
      if (lacking !== undefined)
        faults.push(faultOfStored(app, { kind, name, stored: source.name, services: lacking }));
    }
  }
  const [first] = faults;
  if (first === undefined) return files;
  throw refuse(first.code, `${app} cannot be given its ${faults.map(({ at }) => at).join(', ')}.`, {
    issues: faults.map(({ code: _code, ...issue }) => issue),
  });
}

/** One content for all users that get the same, and those of services with a scope of their own. */
async function storedFor(input: {
  app: string;
  kind: FileKind;
  /** That Berth keeps it under. */
  name: string;
  users: readonly string[];
  stored: FileResolver;
}): Promise<{
  found: readonly Pick<ReleaseFile, 'service' | 'base64' | 'from'>[];
  /** Services without any; empty: the app has no users of it and none either. Undefined: none is missing. */
  lacking: readonly string[] | undefined;
}> {
  const { app, kind, name, users } = input;
  const found: Pick<ReleaseFile, 'service' | 'base64' | 'from'>[] = [];
  const lacking: string[] = [];
  let shared: StoredContent | undefined;
  for (const service of users.length === 0 ? [undefined] : users) {
    const content = await input.stored.find({ app, service }, kind, name);
    if (content === undefined) {
      if (service !== undefined) lacking.push(service);
    } else if (parseScope(content.scope)?.kind === 'service') {
      const { base64, scope, version } = content;
      found.push({
        ...(service === undefined ? {} : { service }),
        base64,
        from: { kind: 'stored', name, scope, version },
      });
    } else shared = content;
  }
  if (shared !== undefined) {
    const { base64, scope, version } = shared;
    found.unshift({ base64, from: { kind: 'stored', name, scope, version } });
  }
  const isLacking = lacking.length > 0 || found.length === 0;
  // Where no service has one, the app lacks it.
  return { found, lacking: !isLacking ? undefined : lacking.length === users.length ? [] : lacking };
}

function faultOfVariable(
  app: string,
  file: { kind: FileKind; name: string; variable: string; value: string | undefined },
): Fault | undefined {
  const { kind, name, variable, value } = file;
  const at = `${kind}s.${name}`;
  if (value === undefined)
    return {
      code: 'missing_variable',
      at,
      message: `${kind} \`${name}\` is the variable ${variable}, which is not set`,
      suggestion: `\`berth env set ${variable}=- -a ${app}\`, or \`berth env generate ${variable} -a ${app}\` for a random one`,
    };
  const fault = findSizeFault(kind, name, Buffer.byteLength(value));
  return fault === undefined ? undefined : { code: 'invalid', at, ...fault };
}

function faultOfStored(
  app: string,
  file: { kind: FileKind; name: string; stored: string; services: readonly string[] },
): Fault {
  const { kind, name, stored, services } = file;
  const place = `-a ${app}${services.length === 1 ? ` --service ${services[0]}` : ''}`;
  const whom = services.length === 0 ? app : `${services.join(', ')} of ${app}`;
  return {
    code: 'missing_secret',
    at: `${kind}s.${name}`,
    message: `${kind} \`${name}\` is external, and Berth keeps no ${kind} \`${stored}\` for ${whom}`,
    suggestion:
      kind === 'secret'
        ? `\`berth secret set ${stored} ${place}\`, or \`berth secret generate ${stored} ${place}\` for a random one`
        : `\`berth config-file set ${stored} ${place} --file PATH\``,
  };
}

/** What is asked again of a release that is kept without its manifest. */
export const sourcesOf = (files: readonly ReleaseFile[]): FileSource[] => {
  const sources = files.map(
    ({ kind, name, base64, from, labels }): FileSource => ({
      kind,
      name,
      source: from.kind === 'content' ? { kind: 'content', base64 } : from,
      ...(labels === undefined ? {} : { labels }),
    }),
  );
  return [...new Map(sources.map((source) => [`${source.kind} ${source.name}`, source])).values()];
};

import { posix } from 'node:path';
import { findSizeFault } from '@berth/domain/file';
import type { FileSource } from '@berth/domain/release';
import type { FileGrant } from '@berth/domain/service';
import type { ComposeFileObject, ComposeFileReference, ComposeModel } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { nearest } from './schema.ts';
import { labelFaults } from './translate-labels.ts';
import type { ServiceExtension } from './x-berth.ts';

/** What a path of the manifest holds, read from the source. */
export type SourceFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly mode: number }
  /** Not read. */
  | { readonly kind: 'too-large'; readonly size: number }
  | { readonly kind: 'directory'; readonly entries: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'outside' };

export interface PlannedFiles {
  /** Those some service uses. */
  readonly sources: readonly FileSource[];
  readonly grants: ReadonlyMap<string, readonly FileGrant[]>;
  readonly faults: readonly Fault[];
}

const kinds = ['config', 'secret'] as const;
type Kind = (typeof kinds)[number];
const modeStandard = 0o444;

/**
 * Configs and secrets of a manifest, with the services that get them. Content is read by `readSource`; without
 * it (a check on a machine that lacks the source) content is left empty.
 */
export function planFiles(input: {
  model: ComposeModel;
  extensions: ReadonlyMap<string, ServiceExtension>;
  readSource: ((path: string) => SourceFile) | undefined;
}): PlannedFiles {
  const { model, extensions } = input;
  const faults: Fault[] = [];
  const grants = new Map<string, readonly FileGrant[]>();
  const used = new Map<string, { kind: Kind; name: string }>();
  const use = (kind: Kind, name: string) => used.set(`${kind}/${name}`, { kind, name });
  for (const [service, spec] of Object.entries(model.services)) {
    const own: FileGrant[] = [];
    for (const kind of kinds) {
      for (const [index, reference] of (spec[`${kind}s`] ?? []).entries()) {
        const grant = grantOf(kind, reference);
        own.push(grant);
        use(kind, grant.source);
        faults.push(...grantFaults(grant, ['services', service, `${kind}s`, index], own));
      }
    }
    const asVariables = Object.entries(extensions.get(service)?.secret_variables ?? {});
    for (const [variable, secret] of asVariables) {
      if (secret in (model.secrets ?? {})) use('secret', secret);
      else
        faults.push(
          undefinedSecret(model, ['services', service, 'x-berth', 'secret_variables', variable], secret),
        );
    }
    grants.set(service, own);
  }
  const sources = [...used.values()].flatMap(({ kind, name }) => {
    const object = model[`${kind}s`]?.[name];
    if (object === undefined) return [];
    const source = sourceOf({ kind, name, object, readSource: input.readSource, faults });
    faults.push(...labelFaults(object.labels, [`${kind}s`, name, 'labels']));
    const labels = Object.keys(object.labels ?? {}).length === 0 ? {} : { labels: { ...object.labels } };
    return source === undefined ? [] : [{ kind, name, source, ...labels }];
  });
  return { sources, grants, faults };
}

function grantOf(kind: Kind, reference: ComposeFileReference): FileGrant {
  const source = reference.source ?? '';
  const target = reference.target || source;
  const home = kind === 'secret' ? '/run/secrets' : '/';
  return {
    kind,
    source,
    target: posix.resolve(home, target),
    uid: reference.uid || '0',
    gid: reference.gid || '0',
    mode: reference.mode ?? modeStandard,
  };
}

function grantFaults(grant: FileGrant, path: Fault['path'], own: readonly FileGrant[]): Fault[] {
  const faults: Fault[] = [];
  for (const key of ['uid', 'gid'] as const) {
    if (/^\d{1,10}$/.test(grant[key])) continue;
    faults.push({
      path: [...path, key],
      message: `\`${key}: ${grant[key]}\` is not a number`,
      suggestion: 'the names of users are known only inside the image: give the number',
    });
  }
  if (grant.mode < 0 || grant.mode > 0o7777) {
    faults.push({
      path: [...path, 'mode'],
      message: `\`mode: ${grant.mode}\` has no meaning as permission bits`,
      suggestion: 'write it in octal, like 0440',
    });
  }
  const first = own.find((other) => other.target === grant.target);
  if (first !== undefined && first !== grant) {
    faults.push({
      path,
      message: `${grant.kind} \`${grant.source}\` would be at ${grant.target}, where ${first.kind} \`${first.source}\` is already`,
      suggestion: 'give one of them another `target`',
    });
  }
  return faults;
}

function undefinedSecret(model: ComposeModel, path: Fault['path'], name: string): Fault {
  const near = nearest(name, Object.keys(model.secrets ?? {}));
  return {
    path,
    message: `refers to the undefined secret \`${name}\``,
    suggestion: near === undefined ? 'define it under the top-level `secrets`' : `did you mean \`${near}\`?`,
  };
}

function sourceOf(input: {
  kind: Kind;
  name: string;
  object: ComposeFileObject;
  readSource: ((path: string) => SourceFile) | undefined;
  faults: Fault[];
}): FileSource['source'] | undefined {
  const { kind, name, object, faults } = input;
  const path = [`${kind}s`, name];
  for (const key of ['driver', 'template_driver'] as const) {
    if (!object[key]) continue;
    faults.push({
      path: [...path, key],
      message: `\`${key}\` of ${kind} \`${name}\` is not supported: Berth keeps its content itself`,
      suggestion: 'use `file`, `environment` or `external: true`',
    });
  }
  if (object.external === true) return { kind: 'stored', name: object.name };
  if (object.environment) return { kind: 'variable', variable: object.environment };
  const bytes = object.file
    ? fileBytes({ ...input, file: object.file, path: [...path, 'file'] })
    : Buffer.from(object.content ?? '');
  if (bytes === undefined) return undefined;
  const fault = findSizeFault(kind, name, bytes.length);
  if (fault !== undefined && input.readSource !== undefined) faults.push({ path, ...fault });
  return { kind: 'content', base64: Buffer.from(bytes).toString('base64') };
}

function fileBytes(input: {
  kind: Kind;
  name: string;
  file: string;
  path: Fault['path'];
  readSource: ((path: string) => SourceFile) | undefined;
  faults: Fault[];
}): Uint8Array | undefined {
  if (input.readSource === undefined) return new Uint8Array();
  const found = input.readSource(input.file);
  if (found.kind === 'file') return found.bytes;
  if (found.kind === 'too-large') {
    const fault = findSizeFault(input.kind, input.name, found.size);
    if (fault !== undefined) input.faults.push({ path: input.path, ...fault });
    return undefined;
  }
  const what = `the file of ${input.kind} \`${input.name}\``;
  const faults = {
    absent: {
      message: `${what} is not in the source`,
      suggestion: `add it, or mind .dockerignore; one that must not be in the source is \`external: true\` and set with \`berth ${input.kind === 'secret' ? 'secret' : 'config-file'} set ${input.name}\``,
    },
    directory: { message: `${what} is a directory`, suggestion: 'name one file' },
    outside: {
      message: `${what} is outside the source`,
      suggestion: `move it inside, or make it \`external: true\` and set it with \`berth ${input.kind === 'secret' ? 'secret' : 'config-file'} set ${input.name}\``,
    },
  } as const;
  input.faults.push({ path: input.path, ...faults[found.kind] });
  return undefined;
}

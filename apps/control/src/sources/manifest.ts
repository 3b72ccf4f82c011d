import { readFileSync, statSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { sourceFiles } from '@berth/compose/disk';
import type { FilePort } from '@berth/compose/files';
import type { Issue as ComposeIssue } from '@berth/compose/issue';
import { loadCompose } from '@berth/compose/load';
import { toAppSpec } from '@berth/compose/translate';
import { type Issue, refuse } from '@berth/contract/errors';
import type { AppSpec } from '@berth/domain/release';
import { looksSecret } from '@berth/domain/secret-name';
import type { Asked } from '../grants/require.ts';

/** Reads the Compose files of an upload and turns them into the app's specification. */
export function loadManifest(input: {
  dir: string;
  files: readonly string[];
  app: string;
  variables: Readonly<Record<string, string>>;
}): {
  spec: AppSpec;
  warnings: readonly string[];
  asks: readonly Asked[];
  /** `compose.yaml:12`: where a variable of a service is set. */
  placeOf(service: string, name: string): string | undefined;
} {
  const issues = input.files
    .filter((file) => normalize(file).startsWith('/') || normalize(file).startsWith('..'))
    .map((file) => ({ at: file, message: 'must be a path inside the source' }));
  if (issues.length > 0) throw refuse('invalid_manifest', 'A manifest is outside the source.', { issues });
  const named = input.files.join(', ');
  const loaded = loadCompose({
    port: confinedFiles(input.dir),
    cwd: input.dir,
    files: input.files.map((file) => join(input.dir, file)),
    projectDirectory: input.dir,
    environment: input.variables,
    // They are the app's secrets, and faults are stored with the deployment.
    hidesValues: true,
    projectName: input.app,
  });
  const at = (issue: ComposeIssue) => toIssue(input.dir, issue);
  if (loaded.kind === 'invalid') {
    const found = loaded.issues.map(at).map((issue) => withOffer(issue, input.app));
    const isAllMissing = found.every(({ message }) => requiredVariable.test(message));
    throw refuse(isAllMissing ? 'missing_variable' : 'invalid_manifest', `${named} cannot be used.`, {
      issues: found,
    });
  }
  const translated = toAppSpec(loaded, {
    app: input.app,
    contextRoot: input.dir,
    readSource: sourceFiles(input.dir),
  });
  if (translated.kind === 'refused') {
    throw refuse('unsupported', `${named} asks for what Berth does not do.`, {
      issues: translated.issues.map(at),
    });
  }
  return {
    spec: translated.spec,
    warnings: [...loaded.warnings, ...translated.notes],
    asks: translated.asks.map((ask) => ({ ...ask, issue: at(ask.issue) })),
    placeOf: (service, name) => {
      const place = loaded.placeOfVariable(service, name);
      return place === undefined ? undefined : `${relative(input.dir, place.file)}:${place.line}`;
    },
  };
}

/**
 * Files of the upload and no others: `include`, `extends` and `env_file` of a stranger's manifest must not
 * read control's own files. Links inside the upload were checked when it was unpacked.
 */
function confinedFiles(dir: string): FilePort {
  const look = (path: string) =>
    isInside(dir, path) ? statSync(path, { throwIfNoEntry: false }) : undefined;
  return {
    read: (path) => (look(path)?.isFile() === true ? readFileSync(path, 'utf8') : undefined),
    kind: (path) => {
      const found = look(path);
      return found === undefined ? 'absent' : found.isDirectory() ? 'directory' : 'file';
    },
  };
}

const requiredVariable = /required variable (\w+) is missing a value/;

/** `${NAME:?}` without a value: how to give it one. */
function withOffer(issue: Issue, app: string): Issue {
  const [, name] = requiredVariable.exec(issue.message) ?? [];
  if (name === undefined) return issue;
  const offer = looksSecret(name) ? `, or \`berth env generate ${name} -a ${app}\` for a random one` : '';
  return { ...issue, suggestion: `\`berth env set ${name}=VALUE -a ${app}\`${offer}` };
}

function isInside(dir: string, path: string): boolean {
  const rest = relative(dir, path);
  return rest !== '..' && !rest.startsWith(`..${sep}`) && !rest.startsWith('/');
}

const toIssue = (dir: string, issue: ComposeIssue): Issue => ({
  at: `${relative(dir, issue.file) || issue.file}:${issue.line}:${issue.column}${issue.path === '' ? '' : ` (${issue.path})`}`,
  message: issue.message,
  ...(issue.suggestion === undefined ? {} : { suggestion: issue.suggestion }),
});

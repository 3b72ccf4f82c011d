import { join, relative } from 'node:path';
import { diskFiles, sourceFiles } from '@berth/compose/disk';
import type { Issue as ComposeIssue } from '@berth/compose/issue';
import { loadCompose } from '@berth/compose/load';
import { manifestsOf } from '@berth/compose/overlay';
import { toAppSpec } from '@berth/compose/translate';
import { type Issue, refuse } from '@berth/contract/errors';
import type { AppSpec } from '@berth/domain/release';
import { defaultEnvironment } from '@berth/domain/scope';
import { directoryTree } from '@berth/source/directory-tree';
import { inferAppSpec } from '@berth/source/infer';
import { recognise } from '@berth/source/recognise';

export interface LocalConfig {
  readonly spec: AppSpec;
  /** Where it is from, in words. */
  readonly because: string;
  readonly warnings: readonly string[];
}

/**
 * What a deployment of the directory would ask for, as control reads it, without control: its Compose files,
 * else what is recognised in it. Variables that are set for the app are not known here.
 */
export async function readLocalConfig(
  directory: string,
  app: string,
  options: { manifests?: readonly string[] | undefined; environment?: string | undefined } = {},
): Promise<LocalConfig> {
  const tree = await directoryTree(directory);
  const recognised = await recognise(tree);
  const { manifests, environment = defaultEnvironment } = options;
  const files = manifestsOf({
    ...(manifests === undefined ? {} : { named: manifests }),
    found: recognised.kind === 'compose' ? recognised.file : undefined,
    environment,
    paths: tree.files.map((file) => file.path),
  });
  if (files === undefined) {
    const spec = inferAppSpec({ app, tree, recognised });
    return { spec, because: recognised.because, warnings: recognised.warnings };
  }
  const named = files.join(', ');
  const loaded = loadCompose({
    port: diskFiles({ within: directory }),
    cwd: directory,
    files: files.map((file) => join(directory, file)),
    projectDirectory: directory,
    projectName: app,
  });
  if (loaded.kind === 'invalid')
    throw refuse('invalid_manifest', `${named} cannot be used.`, { issues: loaded.issues.map(toIssue) });
  const translated = toAppSpec(loaded, {
    app,
    contextRoot: directory,
    readSource: sourceFiles(directory),
  });
  if (translated.kind === 'refused')
    throw refuse('unsupported', `${named} asks for what Berth does not do.`, {
      issues: translated.issues.map(toIssue),
    });
  return {
    spec: translated.spec,
    because: `${named} is there`,
    warnings: [
      ...loaded.warnings,
      ...translated.notes,
      ...translated.asks.map(({ issue }) => `${toIssue(issue).at}: ${issue.message}`),
    ],
  };

  function toIssue(issue: ComposeIssue): Issue {
    const file = relative(directory, issue.file) || issue.file;
    return {
      at: `${file}:${issue.line}:${issue.column}${issue.path === '' ? '' : ` (${issue.path})`}`,
      message: issue.message,
      ...(issue.suggestion === undefined ? {} : { suggestion: issue.suggestion }),
    };
  }
}

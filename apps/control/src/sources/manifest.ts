import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { refuse } from '@berth/contract/errors';
import type { AppSpec } from '@berth/domain/release';
import { loadCompose } from '@berth/compose/load';
import { toAppSpec } from '@berth/compose/translate';

/** Reads the Compose files of an upload and turns them into the app's specification. */
export async function loadManifest(input: {
  dir: string;
  files: readonly string[];
  app: string;
  variables: Readonly<Record<string, string>>;
}): Promise<{ spec: AppSpec; warnings: readonly string[] }> {
  for (const file of input.files) {
    const path = normalize(file);
    if (path.startsWith('/') || path.startsWith('..')) {
      throw refuse('invalid_manifest', `The manifest "${file}" is outside the source.`, {
        issues: [{ at: file, message: 'must be a path inside the source' }],
      });
    }
  }
  const loaded = await loadCompose({
    files: input.files.map((file) => join(input.dir, file)),
    readFile: (path) => readFile(path, 'utf8'),
    workingDir: input.dir,
    environment: input.variables,
    projectName: input.app,
  });
  if (loaded.kind === 'invalid')
    throw refuse('invalid_manifest', `${input.files.join(', ')} cannot be used.`, { issues: loaded.issues });
  const translated = toAppSpec(loaded.model, { app: input.app, environment: input.variables });
  if (translated.kind === 'refused')
    throw refuse('unsupported', `${input.files.join(', ')} asks for what Berth does not do.`, {
      issues: translated.issues,
    });
  return { spec: translated.spec, warnings: [...loaded.warnings, ...translated.notes] };
}

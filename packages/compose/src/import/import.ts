import { parse, YAMLParseError } from 'yaml';
import { importComposeV1 } from './compose-v1.ts';
import { importContainers } from './containers.ts';
import { importFleetUnit } from './fleet-unit.ts';
import { type Imported, ImportFault, isFields } from './imported.ts';
import { importKontena } from './kontena.ts';
import { importProcfile } from './procfile.ts';
import { importRunLine } from './run-line.ts';

export const importKinds = [
  'docker-run',
  'compose-v1',
  'containers',
  'procfile',
  'fleet',
  'kontena',
] as const;
export type ImportKind = (typeof importKinds)[number];

/** A text to import; `name` is that of its file, and says with the text what it is. */
export interface ImportSource {
  readonly name: string;
  readonly text: string;
  /** The app.json beside a Procfile. */
  readonly appJson?: string;
}

/** What a text is, as far as its name and its keys tell. */
export function kindOf({ name, text }: ImportSource): ImportKind {
  const base = name.replace(/^.*\//, '');
  if (/^(?:sudo\s+)?(?:\S*\/)?(?:docker|podman)\s/.test(text.trim())) return 'docker-run';
  if (base === 'app.json' || /^Procfile(?:\..*)?$/.test(base)) return 'procfile';
  if (base.endsWith('.service') || /^\[Unit\]/m.test(text)) return 'fleet';
  const value = parseYaml(text);
  if (!isFields(value)) return 'compose-v1';
  if ('containers' in value) return 'containers';
  if ('stack' in value || /^kontena\.ya?ml$/.test(base)) return 'kontena';
  if ('services' in value) {
    throw new ImportFault(`${name} is a Compose file of today already`, { suggestion: 'deploy it as it is' });
  }
  return 'compose-v1';
}

/** The Compose file for a text. Throws an `ImportFault`. */
export function importSource(source: ImportSource, kind: ImportKind = kindOf(source)): Imported {
  const { text, name } = source;
  switch (kind) {
    case 'docker-run':
      return importRunLine(text);
    case 'procfile':
      if (/app\.json$/.test(name)) return importProcfile({ appJson: text });
      return importProcfile({
        procfile: text,
        ...(source.appJson === undefined ? {} : { appJson: source.appJson }),
      });
    case 'fleet':
      return importFleetUnit(text, name);
    case 'compose-v1':
      return importComposeV1(parseYaml(text));
    case 'containers':
    case 'kontena': {
      const value = parseYaml(text);
      if (!isFields(value)) throw new ImportFault('the top of the file must be a mapping');
      return kind === 'kontena' ? importKontena(value) : importContainers(value);
    }
  }
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 1_000 });
  } catch (cause) {
    if (!(cause instanceof YAMLParseError) && !(cause instanceof ReferenceError)) throw cause;
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    throw new ImportFault(
      `not valid YAML: ${cause.message.split('\n')[0]}`,
      line === undefined ? {} : { line },
    );
  }
}

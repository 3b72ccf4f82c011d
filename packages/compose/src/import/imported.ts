import { stringify } from 'yaml';

/** Keys of one service, network or volume of a Compose file. */
export type Fields = Record<string, unknown>;

/** A Compose file made of something else, and what a reader of it has to know. */
export interface Imported {
  readonly manifest: {
    readonly name?: string;
    readonly services: Readonly<Record<string, Fields>>;
    readonly volumes?: Readonly<Record<string, Fields | null>>;
    readonly networks?: Readonly<Record<string, Fields | null>>;
    readonly secrets?: Readonly<Record<string, Fields>>;
    readonly 'x-berth'?: Fields;
  };
  /** What has no counterpart, was guessed or has to be done by hand. */
  readonly notes: readonly string[];
}

/** What is to be imported cannot be read. `line`: from 1, where it is known. */
export class ImportFault extends Error {
  readonly line: number | undefined;
  readonly suggestion: string | undefined;

  constructor(message: string, more: { line?: number; suggestion?: string } = {}) {
    super(message);
    this.line = more.line;
    this.suggestion = more.suggestion;
  }
}

/** The text of a compose.yaml, its notes as comments at the top. */
export function renderImported({ manifest, notes }: Imported, from: string): string {
  const comments = [
    `Made from ${from} by berth import. Yours to read, change and keep.`,
    ...notes.map((note) => `- ${note}`),
  ];
  const header = comments.map((line) => `# ${line.replaceAll('\n', ' ')}\n`).join('');
  const { services, volumes, networks, secrets, name } = manifest;
  const filled = (map: object | undefined) => map !== undefined && Object.keys(map).length > 0;
  return (
    header +
    stringify(
      {
        ...(name === undefined ? {} : { name }),
        services,
        ...(filled(networks) ? { networks } : {}),
        ...(filled(volumes) ? { volumes } : {}),
        ...(filled(secrets) ? { secrets } : {}),
        ...(filled(manifest['x-berth']) ? { 'x-berth': manifest['x-berth'] } : {}),
      },
      { lineWidth: 0, aliasDuplicateObjects: false, nullStr: '' },
    )
  );
}

/** `My App_2` as the name of a service. */
export function serviceName(text: string, fallback = 'app'): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? fallback : name;
}

/** The name of the last part of an image: `ghcr.io/acme/shop:1.2` is `shop`. */
export function nameOfImage(image: string): string {
  return serviceName(image.split('@')[0]!.split('/').at(-1)!.split(':')[0]!);
}

/** Text that Compose must not fill variables into. */
export function literal(text: string): string {
  return text.replaceAll('$', () => '$$');
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Top-level volumes for the named ones among short forms. */
export function namedVolumes(services: Readonly<Record<string, Fields>>): Record<string, null> {
  const named: Record<string, null> = {};
  for (const { volumes } of Object.values(services)) {
    for (const volume of asList(volumes)) {
      if (isFields(volume)) {
        if (volume.type === 'volume' && typeof volume.source === 'string') named[volume.source] = null;
      } else if (/^[A-Za-z0-9][\w.-]+:/.test(String(volume))) {
        named[String(volume).split(':')[0]!] = null;
      }
    }
  }
  return named;
}

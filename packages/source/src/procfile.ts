import { serviceNameLengthMax, suggestName } from '@berth/domain/name';

/** A named command of an app; it becomes a service. */
export interface Process {
  /** A valid service name. */
  readonly name: string;
  readonly line: string;
}

export type ParsedProcfile =
  | { readonly kind: 'parsed'; readonly processes: readonly Process[]; readonly warnings: readonly string[] }
  | { readonly kind: 'malformed'; readonly because: string };

/** `name: command` on each line, as Heroku has it. Names that cannot name a service are mended, with a warning. */
export function parseProcfile(text: string): ParsedProcfile {
  const processes: Process[] = [];
  const warnings: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([A-Za-z0-9_-]+):\s*(.+)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined)
      return {
        kind: 'malformed',
        because: `Procfile:${index + 1}: "${line.slice(0, 80)}" is not of the form "name: command"`,
      };
    const name = suggestName(match[1], serviceNameLengthMax);
    if (name !== match[1]) warnings.push(`Procfile: the process ${match[1]} is called ${name} here.`);
    if (processes.some((process) => process.name === name))
      return {
        kind: 'malformed',
        because: `Procfile:${index + 1}: there are two processes called ${name}`,
      };
    processes.push({ name, line: match[2] });
  }
  return { kind: 'parsed', processes, warnings };
}

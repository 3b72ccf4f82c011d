/** A key of a mapping, or an index of a list, on the way from the top of a file to a value. */
export type PathPart = string | number;
export type Path = readonly PathPart[];

/** One fault of a Compose file, with the place a person has to look at and, where we know it, the remedy. */
export interface Issue {
  /** `compose.yaml:3:5`, as refusals of the API have it. */
  readonly at: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `services.web.ports[0]`; empty for a fault of the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A fault before its place is known: the loader adds the place from the files it has read. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  readonly suggestion?: string;
  readonly place?: Place;
}

/**
 * Carries faults out of the steps of the loader to `loadCompose`, which turns them into issues. Never leaves
 * this package.
 */
export class ComposeFault extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => fault.message).join('\n'));
    this.faults = faults;
  }
}

/** Ends the load with one fault. */
export function fail(path: Path, message: string, more: { suggestion?: string; place?: Place } = {}): never {
  throw new ComposeFault([{ path, message, ...more }]);
}

/** `services.web.ports[0]` */
export function printPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** `compose.yaml:3:5: services.web.prots: unknown key (did you mean `ports`?)` */
export function printIssue(issue: Issue): string {
  const path = issue.path === '' ? '' : `${issue.path}: `;
  const suggestion = issue.suggestion === undefined ? '' : ` (${issue.suggestion})`;
  return `${issue.at}: ${path}${issue.message}${suggestion}`;
}

/** As a reader of the files meets them. */
export function inOrder(issues: readonly Issue[]): Issue[] {
  return [...issues].sort((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
}

import type { SourceDocument } from './document.ts';
import { type FilePort, readText } from './files.ts';
import { ComposeFault, type Fault, type Path, type Place } from './issue.ts';
import type { Variables } from './template.ts';

/** A document and, where its services were taken under another name, how paths of the model lead into it. */
export interface Source {
  readonly document: SourceDocument;
  readonly toOwnPath?: (path: Path) => Path | undefined;
}

/**
 * What the files of one model are read with. The project is one model, and each `include` another, with its
 * own directory, environment and sources.
 */
export interface Scope {
  readonly port: FilePort;
  /** Names of files in `extends` and `include` start here. */
  readonly directory: string;
  /** Relative paths of the model are joined to this; relative itself inside an include. */
  readonly base: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly home: string | undefined;
  readonly resolvesPaths: boolean;
  /** False: variables stay in the model, and short forms that cannot be read with them stay short. */
  readonly interpolates: boolean;
  /** Every document read so far, for the places of faults. */
  readonly sources: Source[];
  /** Documents of files already read. */
  readonly documents: Map<string, readonly SourceDocument[]>;
  /** Files read so far, each time counted. */
  readonly reads: { count: number };
  readonly warn: (text: string) => void;
  /** By service and name: the env file that gave the variable. */
  readonly envFiles: Map<string, Map<string, string>>;
}

export function variablesOf(scope: Scope): Variables {
  return {
    lookup: (name) => scope.environment.get(name),
    onUnset: (name) => scope.warn(`The variable ${name} is not set. It is taken as empty.`),
  };
}

/** Runs `step` and adds to its faults the places they have in the files of the scope. */
export function withPlaces<T>(scope: Scope, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof ComposeFault)) throw cause;
    throw new ComposeFault(cause.faults.map((fault) => placed(scope, fault)));
  }
}

export function placed(scope: Scope, fault: Fault): Fault {
  if (fault.place !== undefined) return fault;
  const place = findPlace(scope.sources, fault.path);
  return place === undefined ? fault : { ...fault, place };
}

/** Where a variable of a service is set: in `environment`, else in the env file that has it. */
export function findVariable(scope: Scope, service: string, name: string): Place | undefined {
  const path = ['services', service, 'environment', name];
  const written = scope.sources.flatMap(({ document, toOwnPath }) => {
    const own = toOwnPath === undefined ? path : toOwnPath(path);
    const found = own === undefined ? undefined : document.locate(own);
    return found === undefined || found.depth < path.length ? [] : [found.place];
  });
  const file = scope.envFiles.get(service)?.get(name);
  if (written.length > 0 || file === undefined) return written.at(-1);
  const read = readText(scope.port, file);
  const lines = read.kind === 'text' ? read.text.split('\n') : [];
  const line = lines.findLastIndex((text) => /^\s*(?:export\s+)?([\w.-]+)/.exec(text)?.[1] === name);
  return { file, line: line + 1, column: 1 };
}

/** The place nearest to `path`: the deepest one, of equals that of the file read last. */
function findPlace(sources: readonly Source[], path: Path): Place | undefined {
  let best: { place: Place; depth: number } | undefined;
  for (const { document, toOwnPath } of sources) {
    const own = toOwnPath === undefined ? path : toOwnPath(path);
    if (own === undefined) continue;
    const found = document.locate(own);
    if (best === undefined || found.depth >= best.depth) best = found;
  }
  return best?.place;
}

import { type Document, isScalar, LineCounter, type ParsedNode, parseAllDocuments, visit } from 'yaml';
import { Decoder } from './decode.ts';
import { type Scanned, scan } from './flow-lines.ts';
import { type GoMap, type GoValue, isMap } from './go-value.ts';
import { ComposeFault, type Fault, fail, type Path, type Place } from './issue.ts';
import { limits } from './limits.ts';
import { findDeepNesting } from './nesting.ts';
import { ResetResolver } from './reset.ts';
import { buildNode, findRepeated, locate, type Node, topText } from './yaml-node.ts';

/** One YAML document of a file: its value, the paths marked `!reset` or `!override`, and where things are. */
export interface SourceDocument {
  readonly file: string;
  /** Undefined: the document is empty (`null`). */
  readonly value: GoValue;
  /** The text of the top-level `name`, whatever its type: Compose reads it apart from the rest. */
  readonly name: string | undefined;
  /** A top-level key that stands there twice, which Compose refuses when it looks for the name. */
  readonly repeated: Fault | undefined;
  readonly resets: readonly Path[];
  /** Deepest place this document has on the way to `path`, and how many parts of it were found. */
  locate(path: Path): { readonly place: Place; readonly depth: number; readonly isKey: boolean };
}

/** The documents of one file, as go-yaml v3 and Compose's `!reset` and `!override` read them. */
export function parseDocuments(file: string, text: string): SourceDocument[] {
  if (text.length > limits.fileBytes) {
    fail([], `the file is larger than ${limits.fileBytes / 1024 / 1024} MiB`, {
      place: { file, line: 1, column: 1 },
    });
  }
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // A byte order mark takes no column.
  const source = text.replace(/^\ufeff/, '').replace(/\r(?!\n)/g, '\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: YAML forbids exactly these.
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/.exec(source);
  // Line breaks for go-yaml, not for our parser; in texts, which are read from `source`, they stay what they are.
  const broken = source.replace(/[\u0085\u2028\u2029]/g, '\n');
  // To it, a byte order mark is a character.
  const structure = broken.replaceAll('\ufeff', 'x');
  const deep = findDeepNesting(structure);
  if (deep !== undefined) failTooDeep(placeIn(file, structure, deep));
  const scanned = scan(structure);
  const documents = parseText(structure, scanned, lines);
  if (control !== null) {
    fail([], 'control characters are not allowed in YAML', { place: placeOf(control.index) });
  }
  if (source.startsWith('\ufeff')) {
    fail([], 'there are two byte order marks', { place: placeOf(0), suggestion: 'remove one' });
  }
  const { forbidden } = scanned;
  if (forbidden?.what === 'tab') {
    fail([], 'a tab cannot indent in YAML', { place: placeOf(forbidden.at), suggestion: 'use spaces' });
  }
  if (forbidden?.what === 'tag') {
    fail([], 'a tag needs a space after it', { place: placeOf(forbidden.at) });
  }
  if (!Array.isArray(documents)) return [];
  const sources: SourceDocument[] = [];
  for (const document of documents) {
    const overflow = document.errors.find((error) => error.message.includes('call stack size exceeded'));
    if (overflow !== undefined) failTooDeep(placeOf(overflow.pos[0]));
    const faults: Fault[] = document.errors.filter(isFault).map(({ message, pos: [at] }) => {
      const open = message.startsWith('Missing closing') ? findQuote(document, at) : undefined;
      return open === undefined
        ? { path: [], message: `not valid YAML: ${message.split('\n')[0]}`, place: placeOf(at) }
        : { path: [], message: 'not valid YAML: this quote is not closed', place: placeOf(open) };
    });
    if (faults.length > 0) throw new ComposeFault(faults);
    const directive = document.warnings.find((warning) => warning.code === 'BAD_DIRECTIVE');
    if (directive !== undefined) fail([], 'unknown directive', { place: placeOf(directive.pos[0]) });
    if (sources.length > 0 && document.directives?.docStart !== true) {
      // Only an end marker (`...`) stands there, or several.
      if (document.contents === null || isNothing(document.contents as ParsedNode)) continue;
      fail([], 'a further document must start with ---', { place: placeOf(document.range?.[0] ?? 0) });
    }
    const version = document.directives?.yaml;
    if (version?.explicit === true && version.version !== '1.1') {
      fail([], `the directive %YAML ${version.version} is not accepted by Docker Compose`, {
        place: placeOf(0),
        suggestion: 'remove the line',
      });
    }
    if (document.contents === null) {
      // A file of comments holds no document; `---` alone holds an empty one.
      if (document.directives?.docStart !== true && documents.length === 1) continue;
      sources.push(emptyDocument(file, placeOf(0)));
      continue;
    }
    sources.push(readDocument({ file, text: source, placeOf }, document.contents as ParsedNode));
  }
  return sources;
}

/** Where the quoted text that is read at `end` begins: our parser tells where it looked for the closing quote. */
function findQuote(document: Document.Parsed, end: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (type?.startsWith('QUOTE') && range != null && range[0] < end)
        start = Math.max(start ?? 0, range[0]);
    },
  });
  return start;
}

const isNothing = (node: ParsedNode) => isScalar(node) && node.range[0] === node.range[1];

/** As `placeOf`, before anything is parsed. */
function placeIn(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function failTooDeep(place: Place): never {
  fail([], `lists and mappings are nested deeper than ${limits.nesting} levels`, { place });
}

function emptyDocument(file: string, place: Place): SourceDocument {
  return {
    file,
    value: null,
    name: undefined,
    repeated: undefined,
    resets: [],
    locate: () => ({ place, depth: 0, isKey: false }),
  };
}

/** Errors of our parser that are none to go-yaml; texts that `|` begins are read again by `readBlock`. */
const isFault = (error: { message: string }) => !error.message.startsWith('Block scalars with more-indented');

function parseText(text: string, scanned: Scanned, lines: LineCounter) {
  const options = {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    strict: false,
    resolveKnownTags: false,
    keepSourceTokens: true,
  } as const;
  const documents = parseAllDocuments(text, { ...options, lineCounter: lines });
  if (!Array.isArray(documents)) return documents;
  const isValid = !documents.some((document) => document.errors.some(isFault));
  if (isValid && !scanned.hasOddTags) return documents;
  // Offsets are the same in both forms, and so are the places told from `lines`.
  const joined = parseAllDocuments(scanned.joined(), options);
  const isBetter = Array.isArray(joined) && !joined.some((document) => document.errors.some(isFault));
  return isBetter || isValid ? joined : documents;
}

interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly placeOf: (offset: number) => Place;
}

function readDocument({ file, text, placeOf }: SourceText, contents: ParsedNode): SourceDocument {
  const anchors = new Map<string, Node>();
  const built = buildNode(contents, { anchors, text, placeOf });
  const name = topText(built, 'name');
  const repeated = findRepeated(built, placeOf);
  const resets: Path[] = [];
  const resolver = new ResetResolver(resets, placeOf);
  const root = resolver.resolve(built, []);
  const value = root === undefined ? null : new Decoder(placeOf).decode(root, []);
  return {
    file,
    value,
    name,
    repeated,
    resets,
    locate: (path) => {
      if (root === undefined) return { place: placeOf(0), depth: 0, isKey: false };
      const found = locate(root, path);
      return { place: placeOf(found.offset), depth: found.depth, isKey: found.isKey };
    },
  };
}

/** A document's value as a mapping; `undefined` when it is something else. */
export function asTopLevel(document: SourceDocument): GoMap | undefined {
  return isMap(document.value) ? document.value : undefined;
}

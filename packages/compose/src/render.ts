import { bytesOf } from './files.ts';
import { compareBytes, Float, formatFloat, isNilList, Timestamp } from './go-value.ts';
import { type Printed, printFloat, SortedMap } from './model-types.ts';
import { printProject, type TypedProject } from './project.ts';
import { resolvePlain } from './scalar.ts';

/** What `docker compose config` prints, byte for byte: `$` is doubled, so that it can be read again. */
export function renderConfig(project: TypedProject, format: 'yaml' | 'json'): string {
  const printed = printProject(project, format);
  const text = format === 'yaml' ? renderYaml(printed) : renderJson(printed);
  return text.replaceAll('$', () => '$$');
}

/** YAML as go-yaml v3 writes it with an indent of two. */
export function renderYaml(value: Printed): string {
  const lines: string[] = [];
  writeBlock(value, 0, lines);
  return `${lines.join('\n')}\n`.replaceAll(`${endOfLine}\n`, '');
}

/** Writes `value` at `indent` columns. */
function writeBlock(value: Printed, indent: number, lines: string[]): void {
  const before = ' '.repeat(indent);
  if (value instanceof Map && value.size > 0) {
    for (const [key, item] of value) {
      if (isSimpleKey(key)) {
        writeEntry(item, indent, `${before}${printScalar(key, 0, true)}:`, lines);
      } else {
        lines.push(`${before}? ${printScalar(key, indent + 2, false)}`);
        writeInline(item, indent, `${before}:`, lines);
      }
    }
  } else if (Array.isArray(value) && value.length > 0) {
    for (const item of value) writeInline(item, indent, `${before}-`, lines);
  } else {
    lines.push(`${before}${printLeaf(value, indent)}`);
  }
}

/** Others are written after a question mark. */
function isSimpleKey(key: string): boolean {
  return Buffer.byteLength(key) <= 128 && !/[\n\r\u0085\u2028\u2029]/.test(key);
}

function writeEntry(item: Printed, indent: number, start: string, lines: string[]): void {
  if (!isFilled(item)) {
    lines.push(`${start} ${printLeaf(item, indent + 2)}`);
    return;
  }
  lines.push(start);
  // go-yaml indents a list under its key, too.
  writeBlock(item, indent + 2, lines);
}

/** Begins the item on the line of its `start`. */
function writeInline(item: Printed, indent: number, start: string, lines: string[]): void {
  if (!isFilled(item)) {
    lines.push(`${start} ${printLeaf(item, indent + 2)}`);
    return;
  }
  const inner: string[] = [];
  writeBlock(item, indent + 2, inner);
  lines.push(`${start} ${inner[0]!.slice(indent + 2)}`, ...inner.slice(1));
}

function isFilled(value: Printed): boolean {
  return (value instanceof Map && value.size > 0) || (Array.isArray(value) && value.length > 0);
}

function printLeaf(value: Printed, indent: number): string {
  if (value === null) return 'null';
  if (value instanceof Map) return '{}';
  if (Array.isArray(value)) return '[]';
  if (value instanceof Float) return printFloat(value);
  if (value instanceof Timestamp) return value.text;
  return typeof value === 'string' ? printScalar(value, indent, false) : String(value);
}

const oldBooleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** A string in the style go-yaml picks for it. */
function printScalar(text: string, indent: number, isKey: boolean): string {
  const bytes = bytesOf(text);
  if (bytes !== undefined) return `!!binary ${printScalar(base64(bytes), indent, isKey)}`;
  const shape = analyse(text);
  const resolvesToText = resolvePlain(text).tag === 'str' && !base60.test(text) && !oldBooleans.test(text);
  if (text.includes('\n')) {
    return shape.block && !isKey ? literal(text, indent) : doubleQuoted(text);
  }
  if (!resolvesToText) return doubleQuoted(text);
  if (shape.plain && text !== '') return text;
  return shape.single ? `'${afterSeparators(text.replaceAll("'", "''"), indent)}'` : doubleQuoted(text);
}

/** go-yaml indents what follows a line or paragraph separator, though it reads no line break there. */
function afterSeparators(text: string, indent: number): string {
  return text.replace(/[\u2028\u2029](?=[^\n\u2028\u2029])/g, (c) => c + ' '.repeat(indent));
}

/** Stands where go-yaml thinks a line has ended; in no text, which would have it escaped. */
const endOfLine = '\0';

/** In lines of 70 characters. */
function base64(bytes: Buffer): string {
  const text = bytes.toString('base64');
  return text.length >= 70 ? text.replace(/.{1,70}/g, (line) => `${line}\n`) : text;
}

/** Written as go-yaml writes it: a break at the start of the text takes the place of the one after the header. */
function literal(text: string, indent: number): string {
  const lead = /^[ \n\r\u0085\u2028\u2029]/.test(text) ? '2' : '';
  const chomp = /[\n\u2028\u2029]{2}$|^.$/s.test(text) ? '+' : /[\n\u2028\u2029]$/.test(text) ? '' : '-';
  const first = /^[\n\u2028\u2029]/.test(text) ? '' : `\n${' '.repeat(indent)}`;
  const body = text
    .replace(/\n$/, '')
    .replace(/[\n\u2028\u2029](?=[^\n\u2028\u2029])/g, (c) => c + ' '.repeat(indent));
  return `|${lead}${chomp}${first}${body}${/[\u2028\u2029]$/.test(text) ? endOfLine : ''}`;
}

function isPrintable(code: number): boolean {
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

const isBreak = (code: number) =>
  code === 0x0d || code === 0x0a || code === 0x85 || code === 0x2028 || code === 0x2029;

/** Which styles can hold the text (libyaml's `analyze_scalar`). */
function analyse(text: string): { plain: boolean; single: boolean; block: boolean } {
  // A word, a name or a path.
  if (/^[\w/]+(?:[./-]\w+)*$/.test(text)) return { plain: true, single: true, block: true };
  let indicators = text.startsWith('---') || text.startsWith('...');
  let [breaks, special, tabs, leading, trailing, trailingSpace] = [false, false, false, false, false, false];
  let [breakSpace, spaceBreak, previousSpace, previousBreak] = [false, false, false, false];
  let afterBlank = true;
  const codes = Array.from(text, (c) => c.codePointAt(0)!);
  codes.forEach((code, i) => {
    const next = codes[i + 1];
    const beforeBlank = next === undefined || next === 0x20 || next === 0x09;
    const c = String.fromCodePoint(code);
    if (i === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(c)) indicators = true;
      else if ('?:-'.includes(c) && beforeBlank) indicators = true;
    } else if ((c === ':' && beforeBlank) || (c === '#' && afterBlank)) {
      indicators = true;
    }
    if (code === 0x09) tabs = true;
    else if (!isPrintable(code)) special = true;
    const isLast = i === codes.length - 1;
    if (code === 0x20) {
      leading ||= i === 0;
      trailingSpace ||= isLast;
      breakSpace ||= previousBreak;
      [previousSpace, previousBreak] = [true, false];
    } else if (isBreak(code)) {
      breaks = true;
      leading ||= i === 0;
      trailing ||= isLast;
      spaceBreak ||= previousSpace;
      [previousSpace, previousBreak] = [false, true];
    } else {
      [previousSpace, previousBreak] = [false, false];
    }
    afterBlank = code === 0x20 || code === 0x09 || isBreak(code);
  });
  const quotedOnly = spaceBreak || tabs || special || breakSpace;
  return {
    plain: !(leading || trailing || trailingSpace || quotedOnly || breaks || indicators),
    single: !quotedOnly,
    block: text !== '' && !trailingSpace && !spaceBreak && !special,
  };
}

const escapes = new Map<number, string>([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

function doubleQuoted(text: string): string {
  let out = '"';
  // A byte order mark at the start makes go-yaml escape the rest as well.
  const escapesAll = text.startsWith('\ufeff');
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (!escapesAll && isPrintable(code) && !isBreak(code) && c !== '"' && c !== '\\') {
      out += c;
      continue;
    }
    const short = escapes.get(code);
    if (short !== undefined) out += `\\${short}`;
    else if (code <= 0xff) out += `\\x${hex(code, 2)}`;
    else if (code <= 0xffff) out += `\\u${hex(code, 4)}`;
    else out += `\\U${hex(code, 8)}`;
  }
  return `${out}"`;
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}

/** JSON as Go's `json.MarshalIndent` writes it with an indent of two. */
export function renderJson(value: Printed): string {
  return writeJson(value, '', true);
}

/** JSON as Go's `json.Marshal` writes it. */
export function renderCompactJson(value: Printed): string {
  if (value instanceof Map) {
    const keys = [...value.keys()];
    if (value instanceof SortedMap) keys.sort(compareBytes);
    return `{${keys.map((key) => `${jsonString(key)}:${renderCompactJson(value.get(key)!)}`).join(',')}}`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return isNilList(value) ? 'null' : '[]';
    return `[${value.map(renderCompactJson).join(',')}]`;
  }
  return writeJson(value, '');
}

function writeJson(value: Printed, indent: string, isTop = false): string {
  const inner = `${indent}  `;
  if (value instanceof Map) {
    if (value.size === 0) return '{}';
    const keys = [...value.keys()];
    // Go sorts the keys of a map; those of a struct are in its own order.
    if (isTop || value instanceof SortedMap) keys.sort(compareBytes);
    const entries = keys.map((key) => `${inner}${jsonString(key)}: ${writeJson(value.get(key)!, inner)}`);
    return `{\n${entries.join(',\n')}\n${indent}}`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return isNilList(value) ? 'null' : '[]';
    return `[\n${value.map((item) => inner + writeJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (value instanceof Float) return jsonFloat(value);
  if (value instanceof Timestamp) return jsonString(value.text);
  return typeof value === 'string' ? jsonString(value) : String(value);
}

function jsonFloat(float: Float): string {
  const size = Math.abs(float.value);
  const usesExponent = size !== 0 && (size < 1e-6 || size >= 1e21);
  if (!usesExponent) return formatFloat(float, 22, -8);
  return formatFloat(float, 0).replace(/e-0(\d)$/, 'e-$1');
}

function jsonString(text: string): string {
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed()).replace(
    /[<>&\u2028\u2029\ufffd]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

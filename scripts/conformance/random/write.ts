import type { Chance } from '@berth/e2e/chance';
import { Raw, type Value } from './value.ts';

/** YAML in mixed styles: block and flow, quoted in each way. */
export function write(value: Value, indent: string, chance: Chance, isFlow = false): string {
  if (value === null) return isFlow || chance.is(0.5) ? 'null' : '';
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return writeText(value, indent, chance, isFlow);
  if (typeof value !== 'object') return String(value);
  const flow = isFlow || chance.is(0.15);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (flow) return `[${value.map((item) => write(item, '', chance, true)).join(', ')}]`;
    return value
      .map((item) => `\n${indent}- ${write(item, `${indent}  `, chance).replace(/^\n\s*/, '')}`)
      .join('');
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  if (flow)
    return `{${keys.map((key) => `${JSON.stringify(key)}: ${write(value[key]!, '', chance, true)}`).join(', ')}}`;
  return keys
    .map((key) => `\n${indent}${writeKey(key, chance)}: ${write(value[key]!, `${indent}  `, chance)}`)
    .join('');
}

function writeKey(key: string, chance: Chance): string {
  return chance.is(0.03) ? JSON.stringify(key) : key;
}

function writeText(text: string, indent: string, chance: Chance, isFlow: boolean): string {
  if (text.includes('\n') && !isFlow && /^\S[\s\S]*\S\n?$/.test(text) && chance.is(0.5)) {
    const body = text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => (line === '' ? '' : `${indent}${line}`));
    return `|${text.endsWith('\n') ? '' : '-'}\n${body.join('\n')}`;
  }
  const isSafe =
    /^[A-Za-z][A-Za-z0-9_./-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
  if (isSafe && chance.is(0.7)) return text;
  if (!text.includes('\n') && !text.includes('\t') && chance.is(0.5))
    return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text);
}
export function plain(value: Value): unknown {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}

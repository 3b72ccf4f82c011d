/**
 * Variables in strings: `$VAR`, `${VAR}`, the operators `:-  -  :?  ?  :+  +` with nesting, and `$$`.
 * Follows compose-go's `template` package step by step, odd corners included, because files in use depend on
 * them (Apache-2.0, © the Compose Specification Authors).
 */
export interface Variables {
  /** Undefined: not set. */
  readonly lookup: (name: string) => string | undefined;
  /** Told each name that is used without a default and not set. */
  readonly onUnset?: (name: string) => void;
}

/** A string that is no valid template, or a required variable that has no value. */
export class TemplateFault extends Error {
  readonly template: string | undefined;
  /** The missing variable of `${NAME:?reason}`. */
  readonly missing: string | undefined;

  constructor(message: string, more: { template?: string; missing?: string } = {}) {
    super(message);
    this.template = more.template;
    this.missing = more.missing;
  }
}

const pattern =
  /\$(?:(?<escaped>\$)|(?<named>[_a-z][_a-z0-9]*)|\{(?:(?<braced>[_a-z][_a-z0-9]*(?::?[-+?](?:.*))?)\}|(?<invalid>)))/gi;

/** `template` with its variables replaced. Throws a `TemplateFault`. */
export function substitute(template: string, variables: Variables): string {
  if (!template.includes('$')) return template;
  let fault: TemplateFault | undefined;
  const result = template.replace(pattern, (match: string) => {
    try {
      return replaceOne(match, variables);
    } catch (cause) {
      if (!(cause instanceof TemplateFault)) throw cause;
      const isUnnamed = cause.missing === undefined && cause.template === undefined;
      fault ??= isUnnamed ? new TemplateFault(cause.message, { template }) : cause;
      return '';
    }
  });
  if (fault !== undefined) throw fault;
  return result;
}

type Operator = (text: string, variables: Variables) => string | undefined;

/** Each answers undefined when its sign is not in the text. */
const operators: readonly (readonly [string, Operator])[] = [
  [':?', (text, variables) => required(text, variables, ':?')],
  ['?', (text, variables) => required(text, variables, '?')],
  [':-', (text, variables) => defaultWhenAbsent(text, variables, ':-')],
  ['-', (text, variables) => defaultWhenAbsent(text, variables, '-')],
  [':+', (text, variables) => alternative(text, variables, ':+')],
  ['+', (text, variables) => alternative(text, variables, '+')],
];

function replaceOne(whole: string, variables: Variables): string {
  const operator = firstOperator(whole);
  const end = firstClosingBrace(whole);
  const rest = end > -1 ? whole.slice(end + 1) : '';
  const match = new RegExp(pattern.source, 'i').exec(end > -1 ? whole.slice(0, end + 1) : whole);
  const groups = match?.groups ?? {};
  if (groups.escaped) return groups.escaped;
  const braced = groups.named ? undefined : groups.braced;
  const name = groups.named || braced;
  if (!name) throw new TemplateFault('invalid template');
  if (braced !== undefined) {
    const value = operator(braced, variables);
    if (value !== undefined) return value + substitute(rest, variables);
  }
  const value = variables.lookup(name);
  if (value === undefined) variables.onUnset?.(name);
  return value ?? '';
}

/** The operator whose sign comes first in the text; `:?`, which then does not apply, when there is none. */
function firstOperator(text: string): Operator {
  let best = operators[0]!;
  let bestIndex = Number.POSITIVE_INFINITY;
  for (const candidate of operators) {
    const index = text.indexOf(candidate[0]);
    if (index >= 0 && index < bestIndex) {
      best = candidate;
      bestIndex = index;
    }
  }
  return best[1];
}

function firstClosingBrace(text: string): number {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '}') {
      open--;
      if (open === 0) return i;
    }
    if (text[i] === '{') {
      open++;
      i++;
    }
  }
  return -1;
}

function split(text: string, sign: string): [string, string] | undefined {
  const at = text.indexOf(sign);
  return at < 0 ? undefined : [text.slice(0, at), text.slice(at + sign.length)];
}

function defaultWhenAbsent(text: string, variables: Variables, sign: ':-' | '-'): string | undefined {
  const parts = split(text, sign);
  if (parts === undefined) return undefined;
  const fallback = substitute(parts[1], variables);
  const value = variables.lookup(parts[0]);
  return value === undefined || (sign === ':-' && value === '') ? fallback : value;
}

function alternative(text: string, variables: Variables, sign: ':+' | '+'): string | undefined {
  const parts = split(text, sign);
  if (parts === undefined) return undefined;
  const other = substitute(parts[1], variables);
  const value = variables.lookup(parts[0]);
  return value !== undefined && (sign === '+' || value !== '') ? other : (value ?? '');
}

function required(text: string, variables: Variables, sign: ':?' | '?'): string | undefined {
  const parts = split(text, sign);
  if (parts === undefined) return undefined;
  const reason = substitute(parts[1], variables);
  const value = variables.lookup(parts[0]);
  if (value !== undefined && (sign === '?' || value !== '')) return value;
  throw new TemplateFault(
    `the required variable ${parts[0]} is missing a value${reason === '' ? '' : `: ${reason}`}`,
    { missing: parts[0] },
  );
}

import { limits } from './limits.ts';

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
  /** How many defaults the text is in. */
  readonly nesting?: number;
}

/** A string that is no valid template, or a required variable that has no value. */
export class TemplateFault extends Error {
  readonly template: string | undefined;
  /** The missing variable of `${NAME:?reason}`. */
  readonly missing: string | undefined;
  readonly isBeyondLimits: boolean;

  constructor(message: string, more: { template?: string; missing?: string; isBeyondLimits?: boolean } = {}) {
    super(message);
    this.template = more.template;
    this.missing = more.missing;
    this.isBeyondLimits = more.isBeyondLimits ?? false;
  }
}

/** A variable of a text, up to the last brace of its line. */
export const pattern =
  /\$(?:(?<escaped>\$)|(?<named>[_a-z][_a-z0-9]*)|\{(?:(?<braced>[_a-z][_a-z0-9]*(?::?[-+?](?:.*))?)\}|(?<invalid>)))/gi;

/** `template` with its variables replaced. Throws a `TemplateFault`. */
export function substitute(template: string, variables: Variables): string {
  if (!template.includes('$')) return template;
  if (template.length > limits.variablesPerLine) refuseTooMany(template);
  let fault: TemplateFault | undefined;
  const result = template.replace(pattern, (match: string) => {
    try {
      return replaceAll(match, variables);
    } catch (cause) {
      if (!(cause instanceof TemplateFault)) throw cause;
      const isUnnamed = cause.missing === undefined && cause.template === undefined && !cause.isBeyondLimits;
      fault ??= isUnnamed ? new TemplateFault(cause.message, { template }) : cause;
      return '';
    }
  });
  if (fault !== undefined) throw fault;
  return result;
}

type Operator = (text: string, variables: Variables) => string | undefined;

/** Each answers undefined when its sign is not in the text. */
const operators = {
  ':?': (text, variables) => required(text, variables, ':?'),
  '?': (text, variables) => required(text, variables, '?'),
  ':-': (text, variables) => defaultWhenAbsent(text, variables, ':-'),
  '-': (text, variables) => defaultWhenAbsent(text, variables, '-'),
  ':+': (text, variables) => alternative(text, variables, ':+'),
  '+': (text, variables) => alternative(text, variables, '+'),
} satisfies Record<string, Operator>;

function refuseTooMany(template: string): void {
  for (const line of template.split('\n')) {
    if (line.split('$').length <= limits.variablesPerLine) continue;
    const message = `more than ${limits.variablesPerLine} variables in one line of a text`;
    throw new TemplateFault(message, { isBeyondLimits: true });
  }
}

/** A match reaches to the last brace of its line, over all the variables between. */
function replaceAll(match: string, variables: Variables): string {
  const nesting = (variables.nesting ?? 0) + 1;
  if (nesting > limits.variableNesting) {
    throw new TemplateFault(`variables are nested deeper than ${limits.variableNesting} levels`, {
      isBeyondLimits: true,
    });
  }
  const inner = { ...variables, nesting };
  let text = '';
  let todo = match;
  for (;;) {
    const found = new RegExp(pattern.source, 'i').exec(todo);
    if (found === null) return text + todo;
    const { value, rest } = replaceOne(found[0], inner);
    text += todo.slice(0, found.index) + value;
    todo = rest + todo.slice(found.index + found[0].length);
  }
}

function replaceOne(whole: string, variables: Variables): { value: string; rest: string } {
  const operator = firstOperator(whole);
  const end = firstClosingBrace(whole);
  const rest = end > -1 ? whole.slice(end + 1) : '';
  const match = new RegExp(pattern.source, 'i').exec(end > -1 ? whole.slice(0, end + 1) : whole);
  const groups = match?.groups ?? {};
  if (groups.escaped) return { value: groups.escaped, rest };
  const braced = groups.named ? undefined : groups.braced;
  const name = groups.named || braced;
  if (!name) throw new TemplateFault('invalid template');
  if (braced !== undefined) {
    const value = operator(braced, variables);
    if (value !== undefined) return { value, rest };
  }
  const value = variables.lookup(name);
  if (value === undefined) variables.onUnset?.(name);
  return { value: value ?? '', rest: '' };
}

/** The operator whose sign comes first in the text; `:?`, which then does not apply, when there is none. */
function firstOperator(text: string): Operator {
  const sign = /:?[-?+]/.exec(text)?.[0] ?? ':?';
  return operators[sign as keyof typeof operators];
}

/** Of the variable a text starts with; -1: there is none. */
export function firstClosingBrace(text: string): number {
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

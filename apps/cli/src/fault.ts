import { RemoteError } from '@berth/client/problem';
import { AppError, errorTable, type Issue } from '@berth/contract/errors';
import { UsageError } from './cli.ts';
import { type Style, sanitize } from './style.ts';

/** Anything that went wrong, in the parts that are shown: what, where, evidence, what to do. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly issues: readonly Issue[];
  readonly evidence: readonly string[];
  /** One remedy per entry. */
  readonly hints: readonly string[];
  readonly requestId?: string;
}

export function toFault(error: unknown, more: { hints?: readonly string[] } = {}): Fault {
  const hints = more.hints ?? [];
  if (error instanceof RemoteError)
    return {
      code: error.remoteCode,
      message: error.message,
      issues: error.issues,
      evidence: error.evidence,
      hints: [...hints, ...(error.hint === '' ? [] : [error.hint])],
      ...(error.requestId === '' ? {} : { requestId: error.requestId }),
    };
  if (error instanceof AppError)
    return {
      code: error.code,
      message: error.message,
      issues: error.issues,
      evidence: error.evidence,
      hints: [...hints, errorTable[error.code].hint],
    };
  if (error instanceof UsageError)
    return {
      code: 'usage',
      message: error.message,
      issues: [],
      evidence: [],
      hints: [...hints, ...(error.hint === undefined ? [] : [error.hint])],
    };
  const words = systemFault(error);
  if (words !== undefined) return { code: 'system', message: words, issues: [], evidence: [], hints: [] };
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    issues: [],
    evidence: error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1, 6) : [],
    hints: ['This is a fault of the command line itself; please report it with the lines above.'],
  };
}

/** Files that are not there or not ours to read say so themselves; they need no stack. */
function systemFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  if (typeof path !== 'string') return undefined;
  if (code === 'ENOENT') return `${path} does not exist`;
  if (code === 'EACCES' || code === 'EPERM') return `no permission for ${path}`;
  if (code === 'EISDIR') return `${path} is a directory`;
  if (code === 'ENOTDIR') return `${path} is not in a directory`;
  if (code === 'ENOSPC') return `the disk is full: ${path}`;
  return undefined;
}

/** The fault as lines for people. */
export function renderFault(fault: Fault, style: Style): string[] {
  const [first = '', ...rest] = sanitizeLines(fault.message);
  const lines = [`${style.red('✗')} ${style.bold(first)}`, ...rest.map((line) => `  ${line}`)];
  const issues = fault.issues.filter((issue) => !isSaid(issue, fault.message));
  const isWide = issues.length > 0 ? Math.max(...issues.map((issue) => issue.at.length)) : 0;
  for (const issue of issues) {
    const suggestion = issue.suggestion === undefined ? '' : `; ${inWords(issue.suggestion, style)}`;
    lines.push(
      `  ${style.cyan(issue.at.padEnd(Math.min(isWide, 40)))}  ${sanitize(issue.message)}${suggestion}`,
    );
  }
  for (const item of fault.evidence)
    for (const line of sanitizeLines(item)) lines.push(`  ${style.dim('│')} ${line}`);
  for (const hint of fault.hints) lines.push(`${style.yellow('→')} ${hint}`);
  if (fault.code === 'internal' && fault.requestId !== undefined)
    lines.push(style.dim(`  request ${fault.requestId}`));
  return lines;
}

/** A message of one issue is often that issue, word for word. */
const isSaid = ({ at, message, suggestion }: Issue, whole: string): boolean =>
  suggestion === undefined && whole.includes(`${at}: ${message}`);

/** A word alone is what was meant; more is a sentence of its own. */
function inWords(suggestion: string, style: Style): string {
  return /\s/.test(suggestion) ? sanitize(suggestion) : `did you mean ${style.bold(sanitize(suggestion))}?`;
}

const sanitizeLines = (text: string) => text.split(/\r?\n/).map(sanitize);

import { accessRefusals } from './refusals/access.ts';
import { appRefusals } from './refusals/apps.ts';
import { placeRefusals } from './refusals/places.ts';
import { requestRefusals } from './refusals/requests.ts';

/** Every refusal Berth makes, in one table. Generates `docs/errors.md`. A row in `refusals/` adds one. */
export const errorTable = {
  ...accessRefusals,
  ...requestRefusals,
  ...appRefusals,
  ...placeRefusals,
} as const;

export type ErrorCode = keyof typeof errorTable;

/** One wrong place in what a user gave. */
export interface Issue {
  /** Where: `compose.yaml:12:5`, a JSON pointer, a query parameter. */
  readonly at: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** A refusal from the table. `detail` says what happened this time, naming the thing; never a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** More for people: probe quoted, last log lines. */
  readonly evidence: readonly string[];

  constructor(
    code: ErrorCode,
    detail: string,
    more: { cause?: unknown; issues?: readonly Issue[]; evidence?: readonly string[] } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.issues = more.issues ?? [];
    this.evidence = more.evidence ?? [];
  }
}

export function refuse(
  code: ErrorCode,
  detail: string,
  more: { cause?: unknown; issues?: readonly Issue[]; evidence?: readonly string[] } = {},
): AppError {
  return new AppError(code, detail, more);
}

/** RFC 9457 problem details, with `code`, `requestId`, `hint` and `issues` as extensions. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly requestId: string;
  readonly issues: readonly Issue[];
  readonly evidence: readonly string[];
}

export function toProblem(error: AppError, requestId: string): Problem {
  const row = errorTable[error.code];
  return {
    type: `https://berth.dev/errors#${error.code}`,
    title: row.title,
    status: row.status,
    detail: error.message,
    code: error.code,
    hint: row.hint,
    retryable: row.retryable,
    requestId,
    issues: error.issues,
    evidence: error.evidence,
  };
}

import { AppError, errorTable, type Problem, refuse, toProblem } from '@berth/contract/errors';

/** The refusal an error is for the client; what nobody expected becomes `internal`, without its words. */
export function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDiskFull(error))
    return refuse('disk_full', 'No space left on the device of control’s data.', { cause: error });
  return refuse('internal', 'Berth could not finish the request.', { cause: error });
}

export const statusOf = (error: AppError): number => errorTable[error.code].status;

export function problemOf(error: AppError, requestId: string): Problem {
  return toProblem(error, requestId);
}

/** Seconds a client should wait before it tries a retryable refusal again. */
export function retryAfterSeconds(error: AppError): number | undefined {
  if (!errorTable[error.code].retryable) return undefined;
  return error.code === 'rate_limited' ? 60 : 2;
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

/**
 * WebSocket frames of `exec` and `run`. Binary frames carry bytes, first byte the channel; text frames carry
 * JSON control messages. With a terminal, its output is all on `stdout`.
 *
 * The server says `started`, then bytes, then `exit` with the command's code, and closes with 1000; or `error`
 * and 1011. It closes with 1012 when control restarts. A client that goes takes the command along: a one-off
 * is stopped and removed; a command in a task is sent SIGHUP and, 3 s later, SIGKILL, which needs `sh` and
 * `grep` in its image, as the Engine API cannot signal what exec started.
 */
export const channel = { stdin: 0, stdout: 1, stderr: 2 } as const;

export type ExecClientMessage =
  | { readonly kind: 'resize'; readonly rows: number; readonly columns: number }
  /** End of standard input. */
  | { readonly kind: 'eof' }
  | { readonly kind: 'signal'; readonly name: string }
  | ExecFlow;

/**
 * `go: false`: send me no more bytes until `go: true`. Each side says it when its own reader is slow, and goes on
 * reading the connection: a pause of the connection itself would silence pings and signals, too, and a live
 * session would be taken for a dead one.
 */
export interface ExecFlow {
  readonly kind: 'flow';
  readonly go: boolean;
}

/** What may still come after `go: false`, from buffers on the way; above it the connection itself is paused. */
export const execInFlightBytesMax = 16 * 1024 * 1024;

export type ExecServerMessage =
  | ExecFlow
  | { readonly kind: 'started'; readonly service: string; readonly container: string }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly hint: string };

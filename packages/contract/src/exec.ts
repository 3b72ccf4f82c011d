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
  | { readonly kind: 'signal'; readonly name: string };

export type ExecServerMessage =
  | { readonly kind: 'started'; readonly service: string; readonly container: string }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly hint: string };

/**
 * WebSocket frames of `exec` and `run`. Binary frames carry bytes, first byte the channel; text frames carry
 * JSON control messages.
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

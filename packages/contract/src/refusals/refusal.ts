/** A row of the table of refusals: a kind of them, in words. */
export interface Refusal {
  /** Of HTTP. */
  readonly status: number;
  /** Asked again, it may succeed. */
  readonly retryable: boolean;
  readonly title: string;
  /** What to do. */
  readonly hint: string;
}

/** Text that stands in a file as it is, unquoted. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Value = null | boolean | number | string | Raw | Value[] | { [key: string]: Value };
export type Fields = { [key: string]: Value };

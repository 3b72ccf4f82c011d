/** Variables as an env file that gives exactly these values again, whatever is in them. */
export const printEnvFile = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  $: '$$',
  '\n': '\\n',
  '\r': '\\r',
};

const quoted = (value: string): string =>
  /^[\w./:@+-]*$/.test(value)
    ? value
    : `"${value.replace(/[\\"$\n\r]/g, (character) => escapes[character] ?? character)}"`;

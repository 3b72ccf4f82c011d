import { connect } from 'node:net';

const timeoutMs = 5_000;

/**
 * One command, one connection: what HAProxy answers until it closes. Rejects when nobody listens, with the
 * usual codes (ENOENT, ECONNREFUSED), or after five seconds.
 */
export function askHaproxy(socketPath: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const chunks: Buffer[] = [];
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(
        new Error(`HAProxy did not answer ${command.split(' ').slice(0, 3).join(' ')} within 5 s`),
      ),
    );
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    // The master answers until its end of input; a worker needs the line only.
    socket.end(`${command}\n`);
  });
}

/** Rows of `show stat` and `show servers state`: the line that begins with `#` names the columns. */
export function parseTable(text: string, separator: ',' | ' '): Readonly<Record<string, string>>[] {
  let columns: string[] | undefined;
  const rows: Record<string, string>[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) columns = line.slice(1).trim().split(separator);
    else if (line !== '' && columns !== undefined) {
      const values = separator === ',' ? splitCsv(line) : line.split(separator);
      if (values.length < 4) continue;
      rows.push(Object.fromEntries(columns.map((name, i) => [name, values[i] ?? ''])));
    }
  }
  return rows;
}

/** `last_chk` is quoted when it has a comma. */
function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const values: string[] = [];
  let value = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (char === '"') {
      if (quoted && line[i + 1] === '"') {
        value += '"';
        i += 1;
      } else quoted = !quoted;
    } else if (char === ',' && !quoted) {
      values.push(value);
      value = '';
    } else value += char;
  }
  values.push(value);
  return values;
}

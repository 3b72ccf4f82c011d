import { execFile, spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from './run-berth.ts';
import type { StubControl } from './stub-control.ts';

const run = promisify(execFile);

/** `berth` in a pseudo terminal of 40 by 100, made by util-linux `script`; the shell then shows its settings. */
export async function inTerminal(t: TestContext, stub: StubControl, args: readonly string[]) {
  const home = await temporaryDirectory(t);
  const main = new URL('../berth.js', import.meta.url).pathname;
  const line = join(home, 'line.sh');
  const device = join(home, 'device');
  await writeFile(
    line,
    `#!/bin/sh
stty rows 40 cols 100
tty > "${device}.new" && mv "${device}.new" "${device}"
"${process.execPath}" "${main}" "$@"
code=$?
case $(stty -a) in *' icanon '*' echo '*) state=cooked ;; *) state=raw ;; esac
echo "[exit $code, $state]"
`,
  );
  await chmod(line, 0o755);
  const child = spawn('script', ['-qec', [line, ...args].join(' '), '/dev/null'], {
    env: {
      PATH: '/usr/bin:/bin',
      SHELL: '/bin/sh',
      TERM: 'xterm',
      HOME: home,
      BERTH_URL: stub.url,
      BERTH_TOKEN: stub.token,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let shown = '';
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    for (const one of waiting) if (shown.includes(one.text)) one.resolve();
  });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      for (const one of waiting) one.reject(new Error(`ended without "${one.text}": ${shown}`));
      resolve();
    }),
  );
  return {
    type: (text: string) => child.stdin.write(text),
    shows: (text: string) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        if (shown.includes(text)) resolve();
      }),
    resize: async (rows: number, columns: number) => {
      const path = (await readFile(device, 'utf8')).trim();
      await run('stty', ['-F', path, 'rows', String(rows), 'cols', String(columns)]);
    },
    ended: async () => {
      await ended;
      return shown;
    },
  };
}

/** Why tests in a terminal are skipped; false where they can run. */
export const withoutTerminal: string | false = await run('script', ['--version']).then(
  () => false as const,
  () => 'util-linux script is not installed',
);

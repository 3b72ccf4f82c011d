import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock } from '@berth/runtime/clock';
import type { Command } from 'commander';
import { buildProgram } from './program.ts';

const root = new URL('../../../', import.meta.url);

test('commands that the README, the guides and the errors tell to type are there, with these options', async () => {
  const sink = { write: () => undefined };
  const program = await buildProgram({
    stdin: process.stdin,
    stdout: sink,
    stderr: sink,
    env: {},
    cwd: '/',
    clock: systemClock,
    signal: new AbortController().signal,
    exitCode: 0,
  });
  const guides = await readdir(new URL('docs/guides/', root));
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/errors.md',
    ...guides.map((name) => `docs/guides/${name}`),
  ];
  const told: string[] = [];
  const wrong: string[] = [];
  for (const page of pages)
    for (const line of commandsIn(await readFile(new URL(page, root), 'utf8'))) {
      told.push(line);
      const fault = findFault(program, wordsOf(line));
      if (fault !== undefined) wrong.push(`${page}: ${line}: ${fault}`);
    }
  assert.ok(told.length > 100, `${told.length} commands found`);
  assert.deepEqual(wrong, []);
});

/** In backquotes, and at the beginning of a line or behind a pipe. */
function commandsIn(text: string): string[] {
  const inline = [...text.matchAll(/`(?:\.\/)?berth ([^`]+)`/g)];
  const typed = [...text.matchAll(/^(?:\$ )?(?:.*\| )?(?:\.\/)?berth ([^\n]+)$/gm)];
  return [...inline, ...typed].map((match) => match[1] ?? '');
}

const wordsOf = (line: string): string[] =>
  (line.replace(/\s+#.*$/, '').match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) =>
    word.replace(/^['"]|['"]$/g, ''),
  );

function findFault(program: Command, words: readonly string[]): string | undefined {
  let command = program;
  let at = 0;
  for (; at < words.length; at++) {
    const next = command.commands.find((each) => [each.name(), ...each.aliases()].includes(words[at] ?? ''));
    if (next === undefined) break;
    command = next;
  }
  // Prose about berth itself begins with no command: `berth-control`, `berth/base`.
  if (command === program) return /^[a-z]/.test(words[at] ?? '') ? `no command ${words[at]}` : undefined;
  const known = [command, command.parent, program].flatMap((each) => each?.options ?? []);
  for (const word of words.slice(at)) {
    // What follows is another program's.
    if (word === '--' || /^[|<>&;]/.test(word)) return undefined;
    const option = word.split('=')[0] as string;
    if (/^-./.test(word) && !known.some(({ short, long }) => short === option || long === option))
      return `no option ${option}`;
  }
  return undefined;
}

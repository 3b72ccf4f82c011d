import type { Command } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { configPath, readConfig, writeConfig } from '../config-file.ts';
import { findNearest } from '../nearest.ts';
import { onRun, withExamples, withJson } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const context = program
    .command('context')
    .summary('which control is talked to: ls, use, rm')
    .description('Each `berth login` makes a context: an address and a token. One of them is current.');

  const list = context
    .command('ls', { isDefault: true })
    .summary('all contexts')
    .description('All contexts, the current one marked.');
  withExamples(withJson(list), [['berth context', 'all contexts']]);
  onRun(cli, list, async ({ output }) => {
    const config = await readConfig(configPath(cli.env));
    const rows = Object.entries(config.contexts).map(([name, { url, token }]) => ({
      name,
      url,
      isCurrent: name === config.current,
      hasToken: token !== undefined,
    }));
    output.json(rows);
    if (rows.length === 0) {
      output.note('No context yet: `berth login --url URL`, or `berth up` on the server.');
      return;
    }
    output.table(
      [
        { title: '', value: (row) => (row.isCurrent ? '*' : '') },
        { title: 'CONTEXT', value: (row) => row.name },
        { title: 'URL', value: (row) => row.url },
      ],
      rows,
    );
  });

  const use = context
    .command('use')
    .summary('make a context the current one')
    .description('Commands talk to the current context unless --context or BERTH_CONTEXT names another.')
    .argument('<name>', 'the context');
  withExamples(withJson(use), [['berth context use staging', 'from now on']]);
  onRun(cli, use, async ({ output, args }) => {
    const path = configPath(cli.env);
    const config = await readConfig(path);
    const name = findKnown(args[0] ?? '', Object.keys(config.contexts));
    await writeConfig(path, { ...config, current: name });
    output.json({ current: name });
    output.note(`${output.noteStyle.green('✓')} ${name}: ${config.contexts[name]?.url}`);
  });

  const remove = context
    .command('rm')
    .summary('forget a context')
    .description(
      'Forgets the address and the token here. The token itself stays valid: `berth tokens rm` revokes it.',
    )
    .argument('<name>', 'the context');
  withExamples(withJson(remove), [['berth context rm staging', 'forget it']]);
  onRun(cli, remove, async ({ output, args }) => {
    const path = configPath(cli.env);
    const config = await readConfig(path);
    const name = findKnown(args[0] ?? '', Object.keys(config.contexts));
    const { [name]: _, ...contexts } = config.contexts;
    await writeConfig(path, {
      ...(config.current === undefined || config.current === name ? {} : { current: config.current }),
      contexts,
    });
    output.json({ removed: name });
    output.note(`${output.noteStyle.green('✓')} ${name} is forgotten here`);
  });
}

function findKnown(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const nearest = findNearest(name, known);
  throw new UsageError(
    `there is no context "${name}"`,
    nearest === undefined ? 'List them with `berth context ls`.' : `Did you mean "${nearest}"?`,
  );
}

import type { Explanation } from '@berth/compose/explain';
import type { Command } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { onRun, withExamples, withJson } from '../options.ts';

const words = {
  honoured: 'as Docker Compose has it',
  differently: 'honoured, differently',
  refused: 'refused',
} as const;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('explain')
    .summary('what a key of compose.yaml means here')
    .description(
      'What may be written with a key of compose.yaml or of x-berth, what Berth makes of it, its default, and the keys inside it. Asks nobody.',
    )
    .argument('<key>', 'as in the file, or as a message names it');
  withExamples(withJson(command), [
    ['berth explain cap_add', 'of a service'],
    ['berth explain services.web.deploy.resources', 'as a message has it'],
    ['berth explain x-berth.probe', 'Berth’s own'],
  ]);
  onRun(cli, command, async ({ output, args }) => {
    const given = args[0] ?? '';
    const { explainKey } = await import('@berth/compose/explain');
    const found = explainKey(given);
    if (found.kind === 'unknown')
      throw new UsageError(
        `there is no key "${given}"`,
        found.near.length === 0
          ? 'All of them: docs/compose-keys.md.'
          : `Is it ${found.near.map((key) => `\`${key}\``).join(' or ')}?`,
      );
    const { explanation } = found;
    output.json(explanation);
    for (const [title, text] of rowsOf(explanation)) output.line(`${title.padEnd(9)} ${text}`);
  });
}

function rowsOf({ key, treatment, as, text, forms, standard, keys }: Explanation): [string, string][] {
  const rows: [string, string][] = [['key', key]];
  if (text !== undefined) rows.push(['is', text]);
  if (treatment !== undefined)
    rows.push(['here', `${words[treatment.kind]}${as === undefined ? '' : ` (as ${as})`}`]);
  if (treatment?.kind === 'differently') rows.push(['how', treatment.how]);
  if (treatment?.kind === 'refused') rows.push(['why', treatment.why], ['instead', treatment.instead]);
  if (forms.length > 0) rows.push(['written', forms.join('; or ')]);
  if (standard !== undefined)
    rows.push(['default', typeof standard === 'string' ? standard : JSON.stringify(standard)]);
  if (keys.length > 0) rows.push(['has', keys.join(', ')]);
  return rows;
}

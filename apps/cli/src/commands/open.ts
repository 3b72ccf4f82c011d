import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('open')
    .summary('print the address of an app, and open it in a browser')
    .description('Prints the best address of the app. On a desktop it is opened in the browser, too.')
    .option('--no-browser', 'only print');
  withExamples(withApp(command), [['curl "$(berth open -a shop)"', 'the address, for scripts']]);
  onRun<{ browser: boolean }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const app = await client.call('getApp', { params: { app: name }, signal: cli.signal });
    output.json({ app: name, urls: app.urls });
    const [url] = app.urls;
    if (url === undefined) {
      const { refuse } = await import('@berth/contract/errors');
      throw refuse(app.release === undefined ? 'never_deployed' : 'not_found', `${name} has no address`);
    }
    output.line(url);
    if (output.isJson || !output.isTerminal || !options.browser || !/^https?:\/\//.test(url)) return;
    const { openBrowser } = await import('../browser.ts');
    await openBrowser(url, cli.env);
  });
}

import { join } from 'node:path';
import { type CommandResult, tryCommand } from '@berth/runtime/command';
import type { Machine } from '@berth/testkit/machine';

const main = new URL('../../apps/cli/src/berth.js', import.meta.url).pathname;

/** The command line on the machine, as its user would call it. */
export function berthOn(
  machine: Machine,
  args: readonly string[],
  options: { readonly cwd: string; readonly timeoutMs?: number },
): Promise<CommandResult> {
  const [enter, ...more] = machine.enter;
  return tryCommand(
    enter!,
    [...more, '--', process.execPath, '--disable-warning=ExperimentalWarning', main, ...args],
    {
      cwd: options.cwd,
      env: {
        ...process.env,
        DOCKER_HOST: `unix://${machine.socketPath}`,
        XDG_CONFIG_HOME: join(machine.dir, 'config'),
        NO_COLOR: '1',
      },
      signal: AbortSignal.timeout(options.timeoutMs ?? 180_000),
    },
  );
}

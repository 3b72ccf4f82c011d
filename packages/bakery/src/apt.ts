import { type CommandResult, runCommand, tryCommand } from '@berth/runtime/command';
import { environment } from './environment.ts';

const aptEnvironment = (): NodeJS.ProcessEnv => ({
  ...environment(),
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C',
});

/** Installs packages from the distribution's archive; does nothing for those already there. */
export async function installPackages(
  packages: readonly string[],
  o: { signal: AbortSignal; onLine?: (line: string) => void },
): Promise<void> {
  const options = { ...o, env: aptEnvironment() };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  await runCommand('apt-get', [...lock, 'update', '-q'], options);
  await runCommand(
    'apt-get',
    [...lock, 'install', '-q', '-y', '--no-install-recommends', '--', ...packages],
    options,
  );
}

/** Is a program there to run? */
export async function hasProgram(
  file: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const result: CommandResult = await tryCommand(file, args, { signal });
    return result.code === 0;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}

import { label } from '@berth/domain/label';
import { type LogFile, parseLogFiles } from '@berth/domain/log-file';
import { followContainers } from '@berth/engine/container-events';
import { isAbsent, isConflict, readAll } from '@berth/engine/engine';
import type { Keeper } from '../keeper.ts';
import { followScript, mark } from './files-script.ts';

export const followCommand = (files: readonly LogFile[]): readonly string[] => [
  '/bin/sh',
  '-c',
  followScript,
  'sh',
  ...files.flatMap(({ pattern, isKept }) => [isKept ? 'kept' : 'new', pattern]),
];

/**
 * Lets the files a service declares as logs be read into its tasks' logs, from the start of each task on. Needs
 * `sh`, `tail` and `grep` in the image, and standard output that is not a terminal's.
 */
export async function keepLogFiles(options: Keeper): Promise<void> {
  const { engine, clock, log, signal } = options;
  const labels = [`${label.platform}=${options.platform}`, label.logFiles];

  async function follow(id: string, of: Readonly<Record<string, string>>): Promise<void> {
    const files = parseLogFiles(of[label.logFiles]);
    if (files.length === 0) return;
    try {
      const { Id } = await engine.createExec(
        id,
        {
          Cmd: followCommand(files),
          AttachStdout: true,
          AttachStderr: true,
          Env: [`${mark}=1`],
        },
        { signal },
      );
      const output = await engine.startExec(Id, { tty: false, signal });
      // It says nothing and ends with the task, or at once where it cannot be.
      void readAll(output)
        .then(
          async (said) => {
            const { ExitCode } = await engine.inspectExec(Id, { signal });
            if (ExitCode === 126 || ExitCode === 127)
              log.warn(
                { container: id.slice(0, 12), said: said.toString('utf8').slice(0, 200) },
                'log files are not followed: the image has no shell with tail and grep',
              );
          },
          () => undefined,
        )
        .catch(() => undefined);
    } catch (error) {
      // It has ended meanwhile.
      if (!isAbsent(error) && !isConflict(error))
        log.warn({ container: id.slice(0, 12), err: error }, 'log files of a task are not followed');
    }
  }

  await followContainers({
    engine,
    clock,
    signal,
    labels,
    events: ['start'],
    see: ({ id, labels: of }) => follow(id, of),
    broken: (error) => log.debug({ err: error }, 'events of the engine ended'),
  });
}

import { label } from '@berth/domain/label';
import { type LogFile, parseLogFiles } from '@berth/domain/log-file';
import { followContainers } from '@berth/engine/container-events';
import { type Engine, isAbsent, isConflict, readAll } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from '../log.ts';

/** Marks the processes that follow files, so that they are there once. */
const mark = 'BERTH_LOG_FILES';

/**
 * Run by the container's own shell as its own user: follows the files by name, through renames and truncation,
 * and looks for new ones. Lines go to the standard output of the first process, that is to the task's log.
 * Arguments: pairs of `new` or `kept` and a pattern. Ends at once where it runs already.
 */
const script = `for d in /proc/[0-9]*; do
  if [ "$d" != "/proc/$$" ] && grep -qs '^${mark}=' "$d/environ" 2>/dev/null; then
    [ "$(cat "$d/stat" 2>/dev/null | cut -d' ' -f4)" = "$$" ] || exit 0
  fi
done
# GNU's looks for another file of the name only every few seconds, unless told: two rotations would lose one file.
swift=
if tail --max-unchanged-stats=1 -n 0 /dev/null 2>/dev/null; then swift='--max-unchanged-stats=1 -s 0.3'; fi
first=1
seen='|'
while :; do
  way=
  for word in "$@"; do
    if [ -z "$way" ]; then way=$word; continue; fi
    for file in $word; do
      [ -f "$file" ] || continue
      case $seen in *"|$file|"*) continue;; esac
      seen="$seen$file|"
      from=+1
      if [ "$way" = kept ] && [ -n "$first" ]; then from=0; fi
      tail -n "$from" -F $swift -- "$file" 2>/dev/null > /proc/1/fd/1 &
    done
    way=
  done
  first=
  sleep 2
done`;

export const followCommand = (files: readonly LogFile[]): readonly string[] => [
  '/bin/sh',
  '-c',
  script,
  'sh',
  ...files.flatMap(({ pattern, isKept }) => [isKept ? 'kept' : 'new', pattern]),
];

/**
 * Lets the files a service declares as logs be read into its tasks' logs, from the start of each task on. Needs
 * `sh`, `tail` and `grep` in the image, and standard output that is not a terminal's.
 */
export async function keepLogFiles(options: {
  platform: string;
  engine: Engine;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
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

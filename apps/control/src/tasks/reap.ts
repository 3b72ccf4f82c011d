import { type Engine, isAbsent, isConflict, readAll } from '@berth/engine/engine';

/** Environment variable that marks the processes of one exec session, whatever they start. */
export const sessionVariable = 'BERTH_SESSION';

/**
 * Run by the container's own shell: sends a signal to every process whose environment has the mark. The
 * arguments are mark and signal; nothing a user gave is in the text.
 */
const script = `for d in /proc/[0-9]*; do
  if grep -qsF -- "$1" "$d/environ"; then kill -s "$2" "\${d#/proc/}" 2>/dev/null; fi
done
exit 0`;

/**
 * Signals the processes of an exec session. The Engine API can start a process in a container but not signal
 * it, and its process id is that of the host; so the container's shell looks for the session's mark. In an
 * image without a shell, or for a process that changed its user, nothing happens: the process then ends when
 * it reads the end of its input or writes to its closed output, or with its task.
 */
export async function signalSession(
  engine: Engine,
  session: { readonly containerId: string; readonly mark: string },
  signalName: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { Id } = await engine.createExec(
      session.containerId,
      {
        Cmd: [
          '/bin/sh',
          '-c',
          script,
          'sh',
          `${sessionVariable}=${session.mark}`,
          signalName.replace(/^SIG/, ''),
        ],
        AttachStdout: true,
        AttachStderr: true,
      },
      { signal },
    );
    const output = await engine.startExec(Id, { tty: false, signal });
    output.end();
    await readAll(output);
  } catch (error) {
    // The container is gone or stopped, and its processes with it.
    if (!isAbsent(error) && !isConflict(error)) throw error;
  }
}

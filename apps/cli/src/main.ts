import { systemClock } from '@berth/runtime/clock';
import { exitCode, Interrupted } from './cli.ts';
import { runCli } from './run-cli.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    // The first asks; a second one does not wait for an answer.
    if (interruption.signal.aborted) process.exit(exitCode.interrupted);
    interruption.abort(new Interrupted());
  });
// `berth logs | head`: the reader has enough, and that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? exitCode.ok);
});

const code = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  signal: interruption.signal,
  exitCode: 0,
});
// A command may have set the process's own exit code; one that failed must not look like a success.
process.exit(code === 0 ? (process.exitCode ?? 0) : code);

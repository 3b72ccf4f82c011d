import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/**
 * Asks the engine's DNS from inside a container's network namespace: what a client of a service sees. The
 * program in `dns-watch.ts` runs there and says when a name has so many addresses.
 */
export interface NetworkProbe {
  /** Resolves with the moment (`performance.timeOrigin` based, ms) at which `name` had `count` addresses. */
  listed(name: string, count: number, signal: AbortSignal): Promise<number>;
  stop(): void;
}

export function startNetworkProbe(pid: number): NetworkProbe {
  const program = new URL('dns-watch.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(
    'nsenter',
    [`--net=/proc/${pid}/ns/net`, '--', process.execPath, program],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines: Interface = createInterface({ input: child.stdout! });
  return {
    listed: (name, count, signal) =>
      new Promise((resolve, reject) => {
        const take = (line: string): void => {
          const answer = JSON.parse(line) as { name: string; count: number; atMs: number };
          if (answer.name !== name || answer.count !== count) return;
          off();
          resolve(answer.atMs);
        };
        const fail = (): void => {
          off();
          reject(signal.aborted ? signal.reason : new Error('the DNS watcher ended'));
        };
        const off = (): void => {
          lines.off('line', take);
          child.off('exit', fail);
          signal.removeEventListener('abort', fail);
        };
        lines.on('line', take);
        child.on('exit', fail);
        signal.addEventListener('abort', fail, { once: true });
        child.stdin!.write(`${JSON.stringify({ name, count })}\n`);
      }),
    stop: () => {
      lines.close();
      child.kill();
    },
  };
}

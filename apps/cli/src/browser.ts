import { spawn } from 'node:child_process';
import type { Cli } from './cli.ts';

/** Opens a URL in the desktop's browser, where there is a desktop. Whether it worked is not our business. */
export async function openBrowser(url: string, env: Cli['env']): Promise<void> {
  const isMac = process.platform === 'darwin';
  const hasDesktop = isMac || env.DISPLAY !== undefined || env.WAYLAND_DISPLAY !== undefined;
  if (!hasDesktop) return;
  const child = spawn(isMac ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true });
  await new Promise<void>((resolve) => {
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
    // No such program: the address is printed, which is what was asked for first.
    child.once('error', () => resolve());
  });
}

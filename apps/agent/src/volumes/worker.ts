import type { Engine } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import { newSecret } from '@berth/runtime/ids';

/** On the containers of the worker; they carry no label of the platform, so control cannot reach into one. */
export const workerLabel = 'berth.volume-worker';

/**
 * Runs what needs devices, in a container that lives for a second: the agent itself has none. It may use loop
 * devices and no others, and has the one capability that growing a mounted file system needs.
 */
export interface VolumeWorker {
  /** Runs a script of `scripts.ts`. Rejects with the script's last words. */
  run(
    script: string,
    args: readonly string[],
    options: { readonly signal: AbortSignal; readonly mounts?: Readonly<Record<string, string>> },
  ): Promise<string>;
  /** Containers of an agent that was killed meanwhile. */
  sweep(signal: AbortSignal): Promise<void>;
}

export class WorkerError extends Error {}

export function createVolumeWorker(options: {
  platform: string;
  image: string;
  /** Where volumes are, as the engine sees it. */
  hostDir: string;
  engine: Engine;
}): VolumeWorker {
  const { platform, engine } = options;
  return {
    async run(script, args, { signal, mounts = {} }) {
      const name = `${platform}-volume-worker-${newSecret(6).replace(/[^A-Za-z0-9]/g, '0')}`;
      const { Id } = await engine.createContainer(
        name,
        {
          Image: options.image,
          Cmd: ['sh', '-euc', script, 'sh', ...args],
          User: '0:0',
          Labels: { [workerLabel]: platform },
          HostConfig: {
            NetworkMode: 'none',
            ReadonlyRootfs: true,
            CapDrop: ['ALL'],
            CapAdd: ['SYS_ADMIN', 'DAC_OVERRIDE'],
            SecurityOpt: ['no-new-privileges:true'],
            DeviceCgroupRules: ['b 7:* rwm', 'c 10:237 rw'],
            Memory: 512 * 1024 * 1024,
            PidsLimit: 64,
            LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
            Binds: ['/dev:/dev', `${options.hostDir}:/volumes`],
            Mounts: Object.entries(mounts).map(([at, volume]) => ({
              Type: 'volume',
              Source: volume,
              Target: at,
              VolumeOptions: { NoCopy: true },
            })),
          },
        },
        { signal },
      );
      try {
        await engine.startContainer(Id, { signal });
        const { StatusCode } = await engine.waitContainer(Id, { signal });
        const text = { stdout: '', stderr: '' };
        for await (const frame of demux(await engine.containerLogs(Id, { tail: 1000, signal })))
          text[frame.stream] += frame.data.toString('utf8');
        if (StatusCode !== 0)
          throw new WorkerError(text.stderr.trim().split('\n').slice(-4).join('; ') || `code ${StatusCode}`);
        return text.stdout;
      } finally {
        // Also when the call was cancelled: a container that stays would hold the volume.
        await engine.removeContainer(Id, { force: true });
      }
    },
    async sweep(signal) {
      const filters = { label: [`${workerLabel}=${platform}`] };
      for (const left of await engine.listContainers({ all: true, filters, signal }))
        await engine.removeContainer(left.Id, { force: true, signal });
    },
  };
}

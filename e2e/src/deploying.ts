import { RemoteError } from '@berth/client/problem';
import type { CallOutput } from '@berth/client/types';
import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { packSource } from '@berth/source/pack';
import type { PlatformUnderTest } from './platform.ts';

export type DeploymentView = CallOutput<'getDeployment'>;

const contextBytesMax = 512 * 2 ** 20;

/** Uploads a directory and asks for a deployment of it. */
export async function beginDeploy(
  platform: PlatformUnderTest,
  app: string,
  dir: string,
): Promise<DeploymentView> {
  await platform.client.call('createApp', { body: { name: app } });
  const source = await platform.client.call('uploadSource', {
    params: { app },
    body: (await packSource(dir, { limitBytes: contextBytesMax })).stream,
  });
  return await platform.client.call('createDeployment', {
    params: { app },
    body: { from: { kind: 'source', id: source.id } },
  });
}

/** The end of a deployment, whichever it is. Reads go on while control restarts. */
export async function endOf(
  platform: PlatformUnderTest,
  id: string,
  withinMs = 180_000,
): Promise<DeploymentView> {
  return await until(
    async () => {
      try {
        const view = await platform.client.call('getDeployment', { params: { id } });
        return view.endedAt === undefined ? undefined : view;
      } catch (cause) {
        if (cause instanceof RemoteError && cause.status < 500) throw cause;
        return undefined;
      }
    },
    { clock: systemClock, everyMs: 50, signal: AbortSignal.timeout(withinMs) },
  );
}

/** Deploys a directory; throws with the reason unless it succeeded. */
export async function deploy(platform: PlatformUnderTest, app: string, dir: string): Promise<DeploymentView> {
  return succeeded(await endOf(platform, (await beginDeploy(platform, app, dir)).id));
}

export function succeeded(view: DeploymentView): DeploymentView {
  if (view.state !== 'succeeded')
    throw new Error(
      [
        `deployment ${view.id} of ${view.app} ${view.state}: ${view.failure?.message}`,
        ...(view.failure?.evidence ?? []),
        view.steps.map((step) => `${step.state} ${Math.round(step.durationMs ?? 0)} ms`).join(', '),
        `last progress: ${view.progress}`,
      ].join('\n'),
    );
  return view;
}

/** Removes an app after a test, whatever became of it. */
export async function removeApp(platform: PlatformUnderTest, app: string): Promise<void> {
  try {
    await platform.client.call('deleteApp', { params: { app }, query: { confirm: app } });
  } catch (cause) {
    if (!(cause instanceof RemoteError && cause.status === 404)) throw cause;
  }
}

/** Removes the volumes of a test, and what is in the trash of them. */
export async function removeVolumes(
  platform: PlatformUnderTest,
  isMeant: (name: string) => boolean,
): Promise<void> {
  for (const trash of [false, true])
    for (const { id, name } of (await platform.client.call('listVolumes', { query: { trash } })).items)
      if (isMeant(name))
        await fact(
          () =>
            platform.client
              .call('deleteVolume', { params: { volume: id }, query: { confirm: name, trash } })
              .then(() => true)
              .catch((cause: unknown) => {
                // The last task of an app that was just removed may still be on its way out.
                if (cause instanceof RemoteError && cause.code === 'volume_in_use') return undefined;
                throw cause;
              }),
          60_000,
        );
}

/** Waits for a fact about the platform. */
export async function fact<T>(
  look: () => Promise<T | undefined> | T | undefined,
  withinMs = 30_000,
): Promise<T> {
  return await until(look, { clock: systemClock, everyMs: 50, signal: AbortSignal.timeout(withinMs) });
}

/** Asserts again until it holds; at the deadline rejects with what did not. */
export async function eventually<T>(assertion: () => Promise<T>, withinMs = 30_000): Promise<T> {
  let failed: unknown;
  const look = () =>
    assertion().then(
      (value) => ({ value }),
      (error: unknown) => {
        failed = error;
        return undefined;
      },
    );
  try {
    return (await fact(look, withinMs)).value;
  } catch (late) {
    throw failed ?? late;
  }
}

/** One request through the edge, by the app's name. */
export async function ask(
  platform: PlatformUnderTest,
  host: string,
  path = '/',
): Promise<{ status: number; text: string }> {
  const { request } = await import('node:http');
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      `${platform.edgeUrl}${path}`,
      { headers: { host }, agent: false, timeout: 10_000 },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
        incoming.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

import { deploy, endOf, succeeded } from '../deploying.ts';
import type { PlatformUnderTest } from '../platform.ts';
import { helloSource, scratch } from '../sources.ts';

export interface TwoImages {
  /** By digest in the platform's registry; the second answers with another version. */
  readonly references: readonly [string, string];
}

/** Builds two versions of an app once, so that what is timed afterwards has its images at hand. */
export async function twoImages(platform: PlatformUnderTest, app: string): Promise<TwoImages> {
  const references: string[] = [];
  for (const version of ['1', '2']) {
    const view = await deploy(platform, app, await helloSource(await scratch(), version));
    const release = await platform.client.call('getRelease', {
      params: { app, number: view.toRelease! },
    });
    references.push(release.services[0]!.image);
  }
  return { references: references as [string, string] };
}

/** Milliseconds from a call to the deployment's end event as a client sees it. */
export async function timeToEnd(
  platform: PlatformUnderTest,
  begin: () => Promise<{ id: string }>,
): Promise<number> {
  const startedAt = performance.now();
  const { id } = await begin();
  const signal = AbortSignal.timeout(180_000);
  for await (const event of platform.client.stream('watchDeployment', { params: { id }, signal }))
    if (event.kind === 'end') break;
  const ms = performance.now() - startedAt;
  succeeded(await endOf(platform, id));
  return ms;
}

let variable = 0;

/**
 * One deployment of an image that is there already, timed. A variable is changed before, because a release
 * whose services are unchanged, or warm, would keep its tasks, and nothing would have to start.
 */
export async function deployImage(
  platform: PlatformUnderTest,
  app: string,
  reference: string,
): Promise<number> {
  variable += 1;
  await platform.client.call('patchEnv', {
    params: { app },
    body: { set: { BENCH_RELEASE: `${process.pid}-${variable}` }, deploy: false },
  });
  return await timeToEnd(platform, () =>
    platform.client.call('createDeployment', {
      params: { app },
      body: { from: { kind: 'image', reference, port: 8080 } },
    }),
  );
}

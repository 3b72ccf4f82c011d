import type { Readable } from 'node:stream';
import { refuse } from '@berth/contract/errors';
import { variablesOf } from '@berth/domain/release';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import { giveFiles, oneOffFiles, takeFiles } from '../../files/one-off-files.ts';
import { joinNetworks } from '../../networks/join.ts';
import { ensureImage } from '../../swarm/images.ts';
import { oneOffNetworks, renderOneOff } from '../../swarm/service-spec.ts';
import { releaseOf, type Step } from '../step.ts';

/**
 * Runs the release command (migrations) once, in the new image, before any traffic. The container's name is
 * the deployment's, so a step repeated after a crash finds it and waits for it instead of running it twice.
 */
export const hook: Step = async (context) => {
  const { deps, deployment, signal } = context;
  const release = await releaseOf(context);
  const wanted = release.hooks.release;
  if (wanted === undefined) return { to: 'starting' };
  const service = release.services.find((candidate) => candidate.spec.name === wanted.service);
  if (service === undefined)
    throw refuse(
      'invalid_manifest',
      `The release command names the service "${wanted.service}", which the release does not have.`,
    );
  const link = await deps.nodes.manager({ signal });
  const { engine } = link;
  const name = `${deployment.app}-hook-${deployment.id}`;
  await context.progress(`release command: ${wanted.command.join(' ')}`);
  await ensureImage(engine, service.image, deps.registryAuth(), { signal });
  const wish = {
    platform: deps.platform,
    purpose: 'hook' as const,
    run: {
      app: deployment.app,
      service: wanted.service,
      release: release.number,
      generation: deployment.generation,
    },
    service,
    variables: variablesOf(release, wanted.service),
    networks: release.networks,
    files: release.files,
    volumes: await deps.volumes.placedFor(release.app, release),
    command: wanted.command,
    deployment: deployment.id,
  };
  const files = oneOffFiles(service.spec, release.files);
  if ((await findContainer(engine, name, signal)) === undefined) {
    const create = await giveFiles(link, name, { create: renderOneOff(wish), files }, signal);
    await engine.createContainer(name, create, { signal });
  }
  const before = await engine.inspectContainer(name, { signal });
  if (before.State.Status === 'created') {
    await joinNetworks(engine, name, oneOffNetworks(wish), signal);
    await engine.startContainer(name, { signal });
  }
  const { StatusCode } = await engine.waitContainer(name, { signal });
  const lines = await lastLines(await engine.containerLogs(name, { tail: 50, signal }));
  for (const line of lines) await context.build(line);
  if (StatusCode !== 0) {
    const { OOMKilled } = (await engine.inspectContainer(name, { signal })).State;
    throw refuse(
      'hook_failed',
      `The release command "${wanted.command.join(' ')}" of ${wanted.service} ended with exit code ${StatusCode}${OOMKilled ? ' (out of memory)' : ''}.`,
      {
        evidence: ['last lines:', ...lines.map((line) => `  ${line}`)],
      },
    );
  }
  await engine.removeContainer(name, { force: true, signal });
  await takeFiles(link, name, files, signal);
  return { to: 'starting' };
};

async function findContainer(engine: Engine, name: string, signal: AbortSignal) {
  try {
    return await engine.inspectContainer(name, { signal });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export async function lastLines(body: Readable): Promise<string[]> {
  let text = '';
  for await (const frame of demux(body)) text = (text + frame.data.toString('utf8')).slice(-100_000);
  return text.split(/\r?\n/).filter((line, index, all) => line !== '' || index < all.length - 1);
}

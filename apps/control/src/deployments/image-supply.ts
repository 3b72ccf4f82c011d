import { join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import { type AppService, variablesOf } from '@berth/domain/release';
import { Secret } from '@berth/runtime/secret';
import type { BuildEvent, BuildHooks, Builds, KeptImage } from '../builds/ports.ts';
import type { EnvStore } from '../env/store.ts';
import type { SourceStore } from '../sources/store.ts';
import type { BuiltImage, Deployment } from './deployment.ts';
import type { ImageSupply } from './ports.ts';

type Hooks = Parameters<ImageSupply['provide']>[1];

/** Images for deployments: built from the upload, or fetched, and kept in the platform's registry by digest. */
export function createImageSupply(deps: {
  builds: Builds;
  sources: Pick<SourceStore, 'dirOf' | 'find'>;
  variables: Pick<EnvStore, 'forApp'>;
}): ImageSupply {
  return {
    async provide({ deployment, spec, service, dockerfile }, hooks) {
      const wanted = spec.services.find((candidate) => candidate.spec.name === service);
      if (wanted === undefined) throw new Error(`specification has no service ${service}`);
      const relay = relayTo(hooks);
      try {
        return wanted.image.kind === 'image'
          ? await keep(deployment, wanted, relay.hooks)
          : await build(deployment, wanted, dockerfile, relay.hooks);
      } finally {
        await relay.flushed();
      }
    },
  };

  async function keep(
    deployment: Deployment,
    { spec, image }: AppService,
    hooks: BuildHooks,
  ): Promise<BuiltImage> {
    if (image.kind !== 'image') throw new Error('not an image');
    const kept = await deps.builds.keepImage(
      {
        id: deployment.id,
        reference: image.reference,
        imageRepository: `${deployment.app}/${spec.name}`,
        ...(spec.port === undefined ? {} : { assumedPort: spec.port }),
      },
      hooks,
    );
    return facts(kept, image.reference);
  }

  async function build(
    deployment: Deployment,
    { spec, image }: AppService,
    dockerfile: string | undefined,
    hooks: BuildHooks,
  ): Promise<BuiltImage> {
    if (image.kind !== 'build' || deployment.from.kind !== 'source')
      throw new Error('not a build from a source');
    const variables = variablesOf(await deps.variables.forApp(deployment.app), spec.name);
    const outcome = await deps.builds.build(
      {
        id: deployment.id,
        app: deployment.app,
        service: spec.name,
        contextDir: join(deps.sources.dirOf(deployment.from.id), image.context),
        dockerfile:
          image.dockerfile === undefined
            ? { kind: 'text', text: dockerfile ?? '' }
            : { kind: 'path', path: image.dockerfile },
        ...(image.target === undefined ? {} : { target: image.target }),
        args: image.args,
        ...(image.options === undefined ? {} : { options: image.options }),
        imageRepository: `${deployment.app}/${spec.name}`,
        ...(spec.port === undefined ? {} : { assumedPort: spec.port }),
        variables: Object.fromEntries(
          Object.entries(variables).flatMap(([name, value]) =>
            value === null ? [] : [[name, new Secret(value)]],
          ),
        ),
      },
      hooks,
    );
    if (outcome.kind === 'built') {
      // The same source gives the same label, and with it the same release.
      return facts(
        outcome,
        `source ${(await deps.sources.find(deployment.from.id))?.digest.replace('sha256:', '').slice(0, 12) ?? 'unknown'}`,
      );
    }
    if (outcome.kind === 'cancelled') {
      hooks.signal.throwIfAborted();
      throw refuse('cancelled', 'The build was cancelled.');
    }
    const exit = outcome.exitCode === undefined ? '' : ` with exit code ${outcome.exitCode}`;
    throw refuse('build_failed', `Building ${spec.name} failed${exit} at: ${outcome.step}`, {
      evidence: [outcome.because, 'last lines:', ...outcome.lastLines.map((line) => `  ${line}`)],
    });
  }
}

function facts(
  from: Pick<KeptImage, 'image' | 'ports' | 'volumes' | 'warnings'>,
  imageLabel: string,
): BuiltImage {
  const port = from.ports[0];
  const { image, volumes = [], warnings } = from;
  return {
    image,
    imageLabel,
    warnings,
    ...(port === undefined ? {} : { port }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

/**
 * Build events, in order, as lines for people. `onEvent` is not waited for: lines that come while one write
 * is under way are written together by the next, so a talkative build does not wait for the disk.
 */
function relayTo(hooks: Hooks): { hooks: BuildHooks; flushed(): Promise<void> } {
  let waiting: { kind: 'progress' | 'build'; text: string }[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    const output = lines.filter((line) => line.kind === 'build').map((line) => line.text);
    if (output.length > 0) await hooks.build(output.join('\n'));
    const last = lines.findLast((line) => line.kind === 'progress');
    if (last !== undefined) await hooks.progress(last.text);
  };
  return {
    hooks: {
      signal: hooks.signal,
      onEvent: (event) => {
        const line = describe(event);
        if (line === undefined) return;
        waiting.push(line);
        if (waiting.length > 1) return;
        writing = writing.then(write);
        // Kept for `flushed`, which the caller awaits.
        writing.catch(() => undefined);
      },
    },
    flushed: () => writing,
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const inBytes = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

function describe(event: BuildEvent): { kind: 'progress' | 'build'; text: string } | undefined {
  switch (event.kind) {
    case 'queued':
      return {
        kind: 'progress',
        text: `waits for ${event.position} other build${event.position === 1 ? '' : 's'}`,
      };
    case 'started':
      return {
        kind: 'build',
        text: `${event.builder}: context of ${event.files} files, ${inBytes(event.contextBytes)}`,
      };
    case 'step':
      if (event.state === 'started') return { kind: 'build', text: `→ ${event.text}` };
      return {
        kind: 'build',
        text: `${event.state === 'failed' ? '✗' : '✓'} ${event.text}${event.state === 'cached' ? ' (cached)' : event.durationMs === undefined ? '' : ` (${seconds(event.durationMs)})`}`,
      };
    case 'log':
      return { kind: 'build', text: `  ${event.text}` };
    case 'pushing':
      return {
        kind: 'progress',
        // The engine does not say a size before it has begun with a layer that the registry lacks.
        text:
          event.ofBytes === 0
            ? 'pushing'
            : `pushing ${inBytes(event.doneBytes)} of ${inBytes(event.ofBytes)}`,
      };
    case 'pushed':
      return { kind: 'build', text: `pushed ${event.image} (${seconds(event.durationMs)})` };
    case 'reused':
      return { kind: 'build', text: `nothing changed: ${event.image} is used again` };
    case 'alive':
      return { kind: 'progress', text: `${event.text} (${seconds(event.forMs)})` };
  }
}

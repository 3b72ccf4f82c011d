import { join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import type { AppSpec, ImageSource } from '@berth/domain/release';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import { Secret } from '@berth/runtime/secret';
import type { ImageSupply } from '../deployments/ports.ts';
import type { BuiltImage } from '../deployments/store.ts';
import { pickPort } from './image-facts.ts';
import type { BuildEvent, BuildFailure, Builds } from './ports.ts';

type Hooks = Parameters<ImageSupply['provide']>[1];
type Request = Parameters<ImageSupply['provide']>[0];

/** Images that services of one deployment may share, of this many deployments. */
const sharedMax = 100;

/** The images of deployments: built from their upload, or pulled and kept. */
export function createImageSupply(deps: {
  builds: Pick<Builds, 'build' | 'keepImage'>;
  /** Where the upload of this id is unpacked. */
  sourceDirOf(id: string): string;
  clock: Clock;
}): ImageSupply {
  /** Processes of one Procfile are services of one image: built once per deployment. */
  const shared = new Map<string, BuiltImage>();

  async function provide(request: Request, hooks: Hooks): Promise<BuiltImage> {
    const service = request.spec.services.find((one) => one.spec.name === request.service);
    if (service === undefined) throw new Error(`no service ${request.service} in the specification`);
    const key = JSON.stringify([request.deployment.id, service.image, request.dockerfile]);
    const known = shared.get(key);
    // Its warnings have been given with the first service.
    if (known !== undefined) return { ...known, warnings: [] };
    const lines = createLineFeed(hooks);
    try {
      const image = await make(request, service.image, service.spec, hooks.signal, lines.onEvent);
      shared.set(key, image);
      for (const oldest of shared.keys()) if (shared.size > sharedMax) shared.delete(oldest);
      return image;
    } finally {
      await lines.flushed();
    }
  }

  async function make(
    request: Request,
    source: ImageSource,
    spec: AppSpec['services'][number]['spec'],
    signal: AbortSignal,
    onEvent: (event: BuildEvent) => void,
  ): Promise<BuiltImage> {
    const { deployment, service } = request;
    const imageRepository = `${deployment.app}/${service}`;
    const id = newId(deps.clock.now());
    const port = spec.port === undefined ? {} : { assumedPort: spec.port };
    if (source.kind === 'image') {
      const kept = await deps.builds.keepImage(
        { id, reference: source.reference, imageRepository, ...port },
        { signal, onEvent },
      );
      return {
        image: kept.image,
        imageLabel: source.reference,
        warnings: kept.warnings,
        ...portOf(kept.ports),
      };
    }
    if (deployment.from.kind !== 'source')
      throw new Error(`deployment ${deployment.id} has nothing to build ${service} from`);
    const text = request.dockerfile;
    const path = source.dockerfile ?? 'Dockerfile';
    const outcome = await deps.builds.build(
      {
        id,
        app: deployment.app,
        service,
        contextDir: join(deps.sourceDirOf(deployment.from.id), source.context),
        dockerfile:
          text === undefined || source.dockerfile !== undefined
            ? { kind: 'path', path }
            : { kind: 'text', text },
        ...(source.target === undefined ? {} : { target: source.target }),
        args: source.args,
        imageRepository,
        ...port,
        variables: Object.fromEntries(
          Object.entries(spec.environment).map(([name, value]) => [name, new Secret(value)]),
        ),
      },
      { signal, onEvent },
    );
    switch (outcome.kind) {
      case 'built':
        return {
          image: outcome.image,
          imageLabel: `built from source as ${outcome.imageId.replace('sha256:', '').slice(0, 12)}`,
          warnings: outcome.warnings,
          ...portOf(outcome.ports),
        };
      case 'failed':
        throw refuseBuild(service, outcome);
      case 'cancelled':
        signal.throwIfAborted();
        throw new Error(`the build of ${service} was cancelled by nobody`);
    }
  }
  return { provide };
}

const portOf = (ports: readonly number[]): { port?: number } => {
  const port = pickPort(ports);
  return port === undefined ? {} : { port };
};

function refuseBuild(service: string, failure: BuildFailure) {
  const code = failure.exitCode === undefined ? '' : ` with exit code ${failure.exitCode}`;
  // 128 + SIGKILL: nobody else kills a build's process.
  const memory =
    failure.exitCode === 137 ? ' It was killed, most likely for passing the memory limit of builds.' : '';
  return refuse('build_failed', `The build of ${service} failed at ${failure.step}${code}.${memory}`, {
    evidence: failure.lastLines.length > 0 ? failure.lastLines : [failure.because],
  });
}

/**
 * Hands events on in order, without making the build wait: what comes while one batch is being stored goes
 * into the next.
 */
function createLineFeed(hooks: Hooks) {
  let lines: string[] = [];
  let progress: string | undefined;
  let work: Promise<void> = Promise.resolve();
  let isScheduled = false;
  const store = async () => {
    isScheduled = false;
    const [batch, latest] = [lines, progress];
    [lines, progress] = [[], undefined];
    if (batch.length > 0) await hooks.build(batch.join('\n'));
    if (latest !== undefined) await hooks.progress(latest);
  };
  return {
    onEvent(event: BuildEvent): void {
      const said = sayEvent(event);
      if (said.kind === 'line') lines.push(said.text);
      else progress = said.text;
      if (isScheduled) return;
      isScheduled = true;
      work = work.then(store);
      // Reported by `flushed`; until then it must not count as unhandled.
      work.catch(() => {});
    },
    flushed: () => work,
  };
}

/** An event in words: a line of the build's log, or what it is at. */
export function sayEvent(event: BuildEvent): { kind: 'line' | 'progress'; text: string } {
  const line = (text: string) => ({ kind: 'line', text }) as const;
  const progress = (text: string) => ({ kind: 'progress', text }) as const;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  switch (event.kind) {
    case 'queued':
      return progress(`waiting for another build: ${event.position} in the queue`);
    case 'started':
      return line(
        `building with ${event.builder === 'buildkit' ? 'BuildKit' : 'the classic builder'}: ${event.files} files`,
      );
    case 'step':
      if (event.state === 'started') return line(event.text);
      if (event.state === 'cached') return line(`${event.text}: cached`);
      return line(`${event.text}: ${event.state} in ${seconds(event.durationMs ?? 0)}`);
    case 'log':
      return line(`  ${event.text}`);
    case 'pushing':
      return progress(
        `pushing the image: ${Math.round((100 * event.doneBytes) / Math.max(1, event.ofBytes))} %`,
      );
    case 'pushed':
      return line(`pushed ${event.image} in ${seconds(event.durationMs)}`);
    case 'reused':
      return line(`nothing has changed since an earlier build: ${event.image}`);
    case 'alive':
      return progress(`${event.text}, for ${Math.round(event.forMs / 1000)} s`);
  }
}

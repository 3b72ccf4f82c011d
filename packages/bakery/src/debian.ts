import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Engine } from '@berth/engine/engine';
import { ndjson } from '@berth/engine/streams';
import { EngineStatusError } from '@berth/engine/transport';
import { runCommand } from '@berth/runtime/command';
import { hasProgram, installPackages } from './apt.ts';
import { buildFromDockerfile } from './build.ts';
import { environment } from './environment.ts';
import { SOURCE_DATE_EPOCH } from './epoch.ts';
import { type HashedRecipe, imageLabel, imageReference } from './recipe.ts';
import { bootstrapArguments, debianSuite } from './suite.ts';

export interface DebianOptions {
  readonly engine: Engine;
  readonly recipe: HashedRecipe;
  readonly mirror: string;
  /** Docker Hub when undefined. */
  readonly baseRegistry: string | undefined;
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** Told once when it does not come from where it should. */
  readonly onWarning: (text: string) => void;
}

/** A registry that has not begun to answer by then is taken as not there. */
const REGISTRY_ANSWER_MS = 10_000;
/** What making Debian from its packages needs on this machine. */
export const bootstrapPackages = ['mmdebstrap', 'debian-archive-keyring'];

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Makes `berth/debian`: pulled where a registry answers, else from the distribution's packages. */
export async function bakeDebian(o: DebianOptions): Promise<void> {
  const pulled = await pullDebian(o);
  if (pulled.kind === 'pulled') return;
  o.onWarning(
    `${pulled.reference} cannot be pulled (${pulled.because}); Debian is made from its packages at ${o.mirror}`,
  );
  await bootstrapDebian(o);
}

type Pulled =
  | { readonly kind: 'pulled' }
  | { readonly kind: 'failed'; readonly reference: string; readonly because: string };

/** Failed when no registry answers, or it has no such image. */
async function pullDebian(o: DebianOptions): Promise<Pulled> {
  const repository = o.baseRegistry === undefined ? 'debian' : `${o.baseRegistry}/debian`;
  const reference = `${repository}:${debianSuite}-slim`;
  const failed = (because: string): Pulled => ({ kind: 'failed', reference, because });
  const silent = new AbortController();
  const timer = setTimeout(
    () => silent.abort(new Error(`no answer within ${REGISTRY_ANSWER_MS / 1000} s`)),
    REGISTRY_ANSWER_MS,
  );
  try {
    const body = await o.engine.pullImage(reference, { signal: AbortSignal.any([silent.signal, o.signal]) });
    for await (const line of ndjson<{ status?: string; error?: string }>(body)) {
      if (line.error !== undefined) return failed(line.error);
      if (line.status?.startsWith('Pulling from') === true) clearTimeout(timer);
      if (line.status !== undefined) o.onLine(line.status);
    }
  } catch (cause) {
    o.signal.throwIfAborted();
    if (cause instanceof EngineStatusError) return failed(cause.engineMessage);
    return failed((cause as Error).message);
  } finally {
    clearTimeout(timer);
  }
  const { Id, RepoDigests } = await o.engine.inspectImage(reference, { signal: o.signal });
  // An image of two lines instead of a tag: it carries the labels the plan looks for.
  await buildFromDockerfile({
    engine: o.engine,
    dockerfile: `FROM ${reference}\n`,
    entries: [],
    tag: imageReference('debian', o.recipe.hash),
    labels: {
      ...labelsOf(o.recipe),
      [imageLabel.source]: 'registry',
      [imageLabel.digest]: (RepoDigests ?? []).find((each) => each.startsWith(`${repository}@`)) ?? Id,
    },
    buildArgs: {},
    signal: o.signal,
    onLine: o.onLine,
  });
  return { kind: 'pulled' };
}

async function bootstrapDebian(o: DebianOptions): Promise<void> {
  if (!(await hasProgram('mmdebstrap', ['--version'], o.signal))) {
    o.onLine('installing mmdebstrap');
    await installPackages(bootstrapPackages, { signal: o.signal, onLine: o.onLine });
  }
  const tar = join(o.workDir, 'debian.tar');
  const args = [
    ...bootstrapArguments,
    ...((await isThere(keyring)) ? [`--keyring=${keyring}`] : []),
    debianSuite,
    tar,
    `deb ${o.mirror} ${debianSuite} main`,
  ];
  await runCommand('mmdebstrap', args, {
    signal: o.signal,
    env: { ...environment(), SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH), LC_ALL: 'C' },
    onLine: (line) => {
      if (line.startsWith('I: ')) o.onLine(line.slice(3));
    },
  });
  const hash = createHash('sha256');
  await pipeline(createReadStream(tar), hash);
  const labels = {
    ...labelsOf(o.recipe),
    [imageLabel.source]: 'distribution',
    [imageLabel.digest]: `sha256:${hash.digest('hex')}`,
  };
  const body = await o.engine.importImage(createReadStream(tar), {
    repo: 'berth/debian',
    tag: o.recipe.hash,
    message: `Debian ${debianSuite}, made by mmdebstrap`,
    changes: [
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'CMD ["/bin/sh"]',
      ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${value}`),
    ],
    signal: o.signal,
  });
  for await (const line of ndjson<{ error?: string }>(body))
    if (line.error !== undefined) throw new Error(`the engine refused the Debian root: ${line.error}`);
}

const labelsOf = (recipe: HashedRecipe): Record<string, string> => ({
  [imageLabel.image]: recipe.name,
  [imageLabel.recipe]: recipe.hash,
});

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Whatever keeps it from being read keeps mmdebstrap from reading it.
    return false;
  }
}

import { createHash } from 'node:crypto';
import type { ImageInspect } from '@berth/engine/types';
import type { Call } from './reply.ts';
import { hasLabels, lines, noContent, ok, parseFilters, Refusal, type Reply } from './reply.ts';

/** How a process of an image behaves, so that a test says it once and not for each task. */
export interface Behaviour {
  /** `run`: stays up. `exit`: ends at once with `exitCode`. `hang`: stays in `starting` for ever. */
  readonly kind: 'run' | 'exit' | 'hang';
  readonly exitCode?: number;
  readonly isOutOfMemory?: boolean;
  readonly log?: readonly string[];
  /** Ports that answer; undefined: all. */
  readonly listens?: readonly number[];
  /** Status an HTTP probe gets; default 200. */
  readonly probeStatus?: number;
  /**
   * What a command line of its own does: it ends with a code, after printing; undefined: it stays up, as
   * `kind` says.
   */
  readonly interpret?: (
    command: readonly string[],
  ) => { readonly code: number; readonly log: readonly string[] } | undefined;
  /** What a one-off container with a command of its own does. Default: exits with 0. */
  readonly oneOff?: { readonly exitCode: number; readonly log?: readonly string[]; readonly hangs?: boolean };
}

export interface FakeImage {
  readonly references: Set<string>;
  readonly inspect: ImageInspect;
  readonly behaviour: Behaviour;
}

export interface FakeImages {
  /** Makes an image known. A later `add` of the same reference replaces it. */
  add(
    reference: string,
    about?: { config?: Partial<ImageInspect['Config']>; behaviour?: Partial<Behaviour>; sizeBytes?: number },
  ): FakeImage;
  find(reference: string): FakeImage | undefined;
  /** What the next builds give: an error line, or success (the default). */
  failBuilds(message: string | undefined): void;
  readonly list: FakeImage[];
  handle(call: Call, action: string, reference: string): Reply;
}

/** Images the fake knows. A pull of any other is refused, as on a machine without a registry. */
export function createImages(now: () => number): FakeImages {
  const list: FakeImage[] = [];
  let buildFailure: string | undefined;

  const find = (reference: string): FakeImage | undefined =>
    list.find(
      (image) =>
        image.references.has(reference) ||
        image.references.has(`${reference}:latest`) ||
        image.inspect.Id === reference ||
        image.inspect.Id === `sha256:${reference}` ||
        (image.inspect.RepoDigests ?? []).includes(reference),
    );
  const get = (reference: string): FakeImage => {
    const found = find(reference);
    if (found === undefined) throw new Refusal(404, `No such image: ${withTag(reference)}`);
    return found;
  };
  const add: FakeImages['add'] = (reference, about = {}) => {
    const known = find(reference);
    if (known !== undefined) list.splice(list.indexOf(known), 1);
    const id = `sha256:${digestOf(`${reference} ${list.length}`)}`;
    const [repository, digest] = reference.split('@');
    const image: FakeImage = {
      references: new Set([reference]),
      behaviour: { kind: 'run', ...about.behaviour },
      inspect: {
        Id: id,
        RepoTags: digest === undefined ? [withTag(reference)] : [],
        RepoDigests: digest === undefined ? [] : [`${repository}@${digest}`],
        Created: new Date(now()).toISOString(),
        Size: about.sizeBytes ?? 1_000_000,
        Architecture: 'amd64',
        Os: 'linux',
        Config: {
          User: 'app',
          Env: [],
          Cmd: ['/app'],
          Entrypoint: null,
          Labels: null,
          WorkingDir: '/',
          ExposedPorts: { '8080/tcp': {} },
          ...about.config,
        },
        RootFS: { Layers: [id] },
      },
    };
    list.push(image);
    return image;
  };

  return {
    add,
    find,
    list,
    failBuilds: (message) => {
      buildFailure = message;
    },
    handle(call, action, reference) {
      switch (action) {
        case 'list': {
          const filters = parseFilters(call.query);
          return ok(
            list
              .filter((image) => hasLabels(image.inspect.Config.Labels, filters))
              .map(({ inspect }) => ({
                Id: inspect.Id,
                RepoTags: inspect.RepoTags,
                RepoDigests: inspect.RepoDigests,
                Created: Math.floor(Date.parse(inspect.Created) / 1000),
                Size: inspect.Size,
                Labels: inspect.Config.Labels,
              })),
          );
        }
        case 'inspect':
          return ok(get(reference).inspect);
        case 'history':
          return ok([{ Id: get(reference).inspect.Id, CreatedBy: 'fake', Size: 0, Comment: '' }]);
        case 'tag': {
          const image = get(reference);
          const name = `${call.query.get('repo')}:${call.query.get('tag') || 'latest'}`;
          image.references.add(name);
          image.inspect.RepoTags = [...(image.inspect.RepoTags ?? []), name];
          return { status: 201 };
        }
        case 'push': {
          const image = get(`${reference}:${call.query.get('tag') || 'latest'}`);
          const digest = `sha256:${digestOf(image.inspect.Id)}`;
          image.references.add(`${reference}@${digest}`);
          image.inspect.RepoDigests = [...(image.inspect.RepoDigests ?? []), `${reference}@${digest}`];
          return lines([
            { status: `The push refers to repository [${reference}]` },
            { progressDetail: {}, aux: { Tag: call.query.get('tag'), Digest: digest, Size: 1 } },
          ]);
        }
        case 'pull': {
          const name = call.query.get('fromImage') ?? '';
          if (find(name) === undefined)
            throw new Refusal(404, `manifest for ${withTag(name)} not found: manifest unknown`);
          return lines([{ status: `Status: Image is up to date for ${name}` }]);
        }
        case 'build': {
          if (buildFailure !== undefined)
            return lines([
              { stream: 'Step 1/1 : RUN make' },
              { errorDetail: { message: buildFailure }, error: buildFailure },
            ]);
          const name = call.query.get('t') ?? 'built:latest';
          const image = add(name, { behaviour: find(name)?.behaviour ?? {} });
          return lines([{ stream: 'Step 1/1 : FROM fake\n' }, { aux: { ID: image.inspect.Id } }]);
        }
        case 'remove': {
          const image = get(reference);
          image.references.delete(reference);
          list.splice(list.indexOf(image), 1);
          return ok([{ Deleted: image.inspect.Id }]);
        }
        default:
          return noContent;
      }
    },
  };
}

const withTag = (reference: string): string =>
  reference.includes('@') || /:[^/]*$/.test(reference) ? reference : `${reference}:latest`;
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

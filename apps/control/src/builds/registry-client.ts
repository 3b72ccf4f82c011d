import type { Readable } from 'node:stream';
import { askHttp, type HttpAnswer } from '@berth/runtime/http-ask';
import type { Secret } from '@berth/runtime/secret';

const { request } = process.getBuiltinModule('node:http');

/** The platform's registry, as control reaches it, and as nodes name it. */
export interface RegistryAccess {
  /** As nodes reach it, and so the first part of image names: `127.0.0.1:5000`. */
  readonly address: string;
  /** As control reaches it: `http://berth-registry:5000`. */
  readonly url: string;
  readonly username: string;
  readonly password: Secret;
}

/** The registry's HTTP API (OCI distribution), as far as builds and garbage collection need it. */
export type RegistryClient = ReturnType<typeof createRegistryClient>;

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** One answer takes milliseconds; a registry that needs longer is not there. */
const timeoutMs = 15_000;

export class RegistryError extends Error {
  readonly status: number;
  constructor(what: string, status: number, text: string) {
    super(`registry: ${what}: ${status} ${text.slice(0, 300)}`);
    this.name = 'RegistryError';
    this.status = status;
  }
}

export function createRegistryClient(access: RegistryAccess) {
  const authorization = () =>
    `Basic ${Buffer.from(`${access.username}:${access.password.reveal()}`).toString('base64')}`;

  async function send(method: string, path: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const deadline = AbortSignal.timeout(timeoutMs);
    return askHttp(new URL(path, access.url), {
      method,
      headers: { authorization: authorization(), accept: manifestTypes },
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
  }
  const failed = (what: string, response: HttpAnswer) =>
    new RegistryError(what, response.status, response.text);

  /** Items of a list that comes in pages. */
  async function list(path: string, key: string, signal?: AbortSignal): Promise<readonly string[]> {
    const items: string[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const response = await send('GET', next, signal);
      if (response.status === 404) return items;
      if (!response.ok) throw failed(path, response);
      const page = JSON.parse(response.text) as Record<string, unknown>;
      items.push(...((page[key] as string[] | null | undefined) ?? []));
      next = /<([^>]+)>;\s*rel="?next"?/.exec(String(response.headers.link ?? ''))?.[1];
    }
    return items;
  }

  return {
    /** The digest of a tag or digest; undefined when the registry does not have it. */
    async findDigest(repository: string, reference: string, signal?: AbortSignal) {
      const response = await send('HEAD', `/v2/${repository}/manifests/${reference}`, signal);
      if (response.status === 404) return undefined;
      if (!response.ok) throw failed(`${repository} ${reference}`, response);
      const digest = response.headers['docker-content-digest'];
      return typeof digest === 'string' ? digest : undefined;
    },
    /** A manifest as it is: its digest is of these very bytes. Rejects when the registry does not have it. */
    async manifest(repository: string, digest: string, signal?: AbortSignal) {
      const response = await send('GET', `/v2/${repository}/manifests/${digest}`, signal);
      if (!response.ok) throw failed(`${repository}@${digest}`, response);
      return { text: response.text, mediaType: String(response.headers['content-type'] ?? '') };
    },
    /** A layer or configuration, however large: read while it comes. */
    async openBlob(repository: string, digest: string, signal: AbortSignal): Promise<Readable> {
      const url = new URL(`/v2/${repository}/blobs/${digest}`, access.url);
      const outgoing = request(url, { headers: { authorization: authorization() }, signal, agent: false });
      const { promise, resolve, reject } = Promise.withResolvers<Readable>();
      outgoing.once('error', (cause) => reject(signal.aborted ? signal.reason : cause));
      outgoing.once('response', (incoming) => {
        if (incoming.statusCode === 200) return resolve(incoming);
        incoming.resume();
        reject(new RegistryError(`${repository} ${digest}`, incoming.statusCode ?? 0, ''));
      });
      outgoing.end();
      return promise;
    },
    listRepositories: (signal?: AbortSignal) => list('/v2/_catalog?n=500', 'repositories', signal),
    listTags: (repository: string, signal?: AbortSignal) =>
      list(`/v2/${repository}/tags/list?n=500`, 'tags', signal),
    /** Takes a manifest and its tags away; its layers stay until the registry collects garbage. Gone is success. */
    async deleteManifest(repository: string, digest: string, signal?: AbortSignal): Promise<void> {
      const response = await send('DELETE', `/v2/${repository}/manifests/${digest}`, signal);
      if (!response.ok && response.status !== 404) throw failed(`delete ${repository}@${digest}`, response);
    },
  };
}

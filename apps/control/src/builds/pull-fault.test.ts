import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pullFault } from './pull-fault.ts';

/** As engines said them. */
const said = {
  image_denied: [
    'Head "http://127.0.0.1:25002/v2/none/manifests/1": no basic auth credentials',
    "pull access denied for nosuch/image, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'Error response from daemon: Head "https://ghcr.io/v2/a/b/manifests/latest": unauthorized',
    'unauthorized: authentication required',
  ],
  image_not_found: [
    'manifest for debian:nosuch not found: manifest unknown: manifest unknown',
    'No such image: 127.0.0.1:5000/a/b:1',
    'repository name not known to registry: name unknown',
    'no matching manifest for linux/amd64 in the manifest list entries',
  ],
  registry_unreachable: [
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host',
    'Get "https://10.1.1.1/v2/": dial tcp 10.1.1.1:443: connect: connection refused',
    'Get "https://registry.example/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'Get "https://registry.example/v2/": x509: certificate signed by unknown authority',
    'its registry did not answer within 10000 ms',
    'received unexpected HTTP status: 503 Service Unavailable',
  ],
  disk_full: ['write /var/lib/docker/tmp/x: no space left on device'],
} as const;

for (const [code, texts] of Object.entries(said))
  test(`a pull that failed is told by its cause: ${code}`, () => {
    for (const text of texts) assert.equal(pullFault(text), code, text);
  });

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AppSpec, Release } from '@berth/domain/release';
import { anAppSpec, aServiceSpec } from '@berth/testkit/builders';
import { diskFiles, sourceFiles } from '../disk.ts';
import { memoryFiles } from '../files.ts';
import { loadCompose } from '../load.ts';
import { toAppSpec } from '../translate.ts';
import { exportProject } from './project.ts';

const cases = new URL('../../cases', import.meta.url).pathname;

/** As a release keeps it: every config and secret with its content. */
function releaseOf(spec: AppSpec): Release {
  const { services, files, app, ...rest } = spec;
  return {
    ...rest,
    app,
    number: 1,
    services: services.map((service) => ({ spec: service.spec, image: 'x', imageLabel: 'x' })),
    variables: {},
    serviceVariables: {},
    files: files.map(({ kind, name, source }) => ({
      kind,
      name,
      base64: source.kind === 'content' ? source.base64 : 'eA==',
      from: { kind: 'content' },
    })),
  };
}

/** What runs; how configs and secrets are called, and that they are mounted files, is the export’s own. */
function comparable(spec: AppSpec): unknown {
  const sorted = <T>(items: readonly T[]) =>
    [...items].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  return JSON.parse(
    JSON.stringify({
      ...spec,
      files: sorted(
        spec.files.map(({ kind, source }) => ({ kind, ...(source.kind === 'content' ? source : {}) })),
      ),
      networks: sorted(spec.networks),
      // Those that say nothing are made by being mounted, too.
      volumes: sorted(
        spec.volumes.filter((volume) => Object.keys(volume).length + Object.keys(volume.labels).length > 2),
      ),
      routes: sorted(spec.routes),
      allowWeak: undefined,
      services: sorted(spec.services.map(({ spec: service }) => service)).map((service) => ({
        ...service,
        capDrop: sorted(service.capDrop),
        files: sorted(service.files.map(({ source: _source, ...grant }) => grant)),
        secretVariables: Object.keys(service.secretVariables),
        mounts: service.mounts.map((mount) => (mount.kind === 'tmpfs' ? mount : { ...mount })),
      })),
    }),
  );
}

function translated(dir: string): AppSpec | undefined {
  const loaded = loadCompose({ port: diskFiles({ within: dir }), cwd: dir, projectName: 'shop' });
  if (loaded.kind !== 'ok') return undefined;
  const result = toAppSpec(loaded, { app: 'shop', contextRoot: dir, readSource: sourceFiles(dir) });
  return result.kind === 'ok' ? result.spec : undefined;
}

function again(spec: AppSpec): AppSpec {
  const { project, values, files } = exportProject(releaseOf(spec));
  const text = JSON.stringify(project);
  const contents = new Map(files.map(({ path, base64 }) => [`/p/${path}`, Buffer.from(base64, 'base64')]));
  const loaded = loadCompose({
    port: memoryFiles({ '/p/compose.yaml': text }),
    cwd: '/p',
    environment: values,
  });
  assert.ok(loaded.kind === 'ok', `${text}\n${JSON.stringify(loaded, null, 1)}`);
  const result = toAppSpec(loaded, {
    app: spec.app,
    contextRoot: '/p',
    readSource: (path) => {
      const bytes = contents.get(path);
      return bytes === undefined ? { kind: 'absent' } : { kind: 'file', bytes, mode: 0o644 };
    },
  });
  assert.ok(result.kind === 'ok', `${text}\n${JSON.stringify(result, null, 1)}`);
  return result.spec;
}

describe('a release as a Compose project', () => {
  const dirs = readdirSync(cases).filter((name) => existsSync(join(cases, name, 'compose.yaml')));
  let count = 0;
  for (const name of dirs) {
    const spec = translated(join(cases, name));
    if (spec === undefined) continue;
    count += 1;
    it(`is the same app again: ${name}`, () => assert.deepEqual(comparable(again(spec)), comparable(spec)));
  }
  it('has the seccomp profile of each service', () => {
    const services = ['ERRNO', 'LOG'].map((action) => ({
      image: { kind: 'image' as const, reference: 'x' },
      spec: aServiceSpec({
        name: action.toLowerCase(),
        probe: { kind: 'none' },
        networks: [{ network: 'default', aliases: [] }],
        seccomp: { kind: 'custom', profile: JSON.stringify({ defaultAction: `SCMP_ACT_${action}` }) },
      }),
    }));
    const routes = services.map(({ spec }) => ({
      service: spec.name,
      path: `/${spec.name}`,
      stripPrefix: false,
    }));
    const both = again(anAppSpec({ app: 'shop', services, routes }));
    assert.deepEqual(
      both.services.map(({ spec: { name, seccomp } }) => [name, seccomp]),
      services.map(({ spec: { name, seccomp } }) => [name, seccomp]),
    );
  });
  it('of many cases', () => assert.ok(count > 50, String(count)));
});

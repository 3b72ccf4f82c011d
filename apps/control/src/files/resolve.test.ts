import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { fileFor } from '@berth/domain/file';
import { printScope, scopesOf } from '@berth/domain/scope';
import { aServiceSpec } from '@berth/testkit/builders';
import * as fc from 'fast-check';
import { resolveFiles } from './resolve.ts';

const place = { app: 'shop', family: 'shop', environment: 'production', project: 'store' };
const services = ['web', 'worker', 'cron'].map((name) =>
  aServiceSpec({
    name,
    files: [{ kind: 'secret', source: 'db', target: '/db', uid: '0', gid: '0', mode: 0o444 }],
  }),
);
const scopes = [
  ...scopesOf(place),
  ...services.map(({ name }) => ({ kind: 'service', app: 'shop', service: name }) as const),
].map(printScope);

test('whatever scopes have it, every service gets what the nearest of its own says, or all is refused by name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(scopes), async (set) => {
      const nearest = (service?: string) =>
        scopesOf(place, service)
          .map(printScope)
          .findLast((scope) => set.includes(scope));
      const resolving = resolveFiles({
        app: 'shop',
        sources: [{ kind: 'secret', name: 'db', source: { kind: 'stored', name: 'kept' } }],
        services,
        variables: {},
        stored: {
          find: async ({ service }) => {
            const scope = nearest(service);
            return scope === undefined
              ? undefined
              : { scope, version: 1, base64: Buffer.from(scope).toString('base64') };
          },
        },
      });
      const lacking = services.filter(({ name }) => nearest(name) === undefined).map(({ name }) => name);
      if (lacking.length > 0) {
        await assert.rejects(resolving, (error) => {
          assert.ok(error instanceof AppError && error.code === 'missing_secret');
          const whom = lacking.length === services.length ? 'shop' : `${lacking.join(', ')} of shop`;
          assert.match(error.issues[0]?.message ?? '', new RegExp(`keeps no secret \`kept\` for ${whom}$`));
          return true;
        });
        return;
      }
      const files = await resolving;
      for (const { name } of services) {
        const file = fileFor(files, name, { kind: 'secret', name: 'db' });
        assert.equal(Buffer.from(file?.base64 ?? '', 'base64').toString(), nearest(name));
      }
      const own = files.filter(({ service }) => service !== undefined).map(({ service }) => service);
      assert.deepEqual(
        own,
        services.map(({ name }) => name).filter((name) => set.includes(`service:shop/${name}`)),
      );
    }),
  );
});

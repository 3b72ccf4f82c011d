import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mount } from '@berth/domain/service';
import { listLostPaths } from './image-volumes.ts';

const mount = (target: string): Mount => ({ kind: 'volume', source: 'v', target, readOnly: false });
const db = (...mounts: Mount[]) => ({ name: 'db', mode: 'replicated' as const, mounts });

describe('paths an image keeps data in', () => {
  it('are told where nothing is mounted at them, as their data ends with the task', () => {
    assert.deepEqual(listLostPaths(db(), ['/data']), [
      'db: the image keeps data in /data, and nothing is mounted there: each task begins with an empty one. Name a volume: `volumes: [db-data:/data]`',
    ]);
    assert.equal(listLostPaths(db(mount('/var/lib')), ['/var/lib/data']).length, 1);
  });

  it('are no matter where something is, nor of what runs to its end', () => {
    assert.deepEqual(
      listLostPaths(db(mount('/data/'), { kind: 'tmpfs', target: '/cache' }), ['/data', '/cache/']),
      [],
    );
    assert.deepEqual(listLostPaths({ ...db(), mode: 'job' }, ['/data']), []);
    assert.deepEqual(listLostPaths(db()), []);
  });
});

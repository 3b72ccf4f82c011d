import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoval } from './removal.ts';

type Dependencies = Parameters<typeof createRemoval>[0];

/** A removal that is refused before it begins: what comes after the checks is not there at all. */
function refused(over: { open?: readonly object[]; linkedFrom?: readonly string[] }) {
  const removed: string[] = [];
  const deps = {
    deployments: { listOpen: async () => over.open ?? [] },
    forwarders: { linkedFrom: async () => over.linkedFrom ?? [] },
    removeJobs: async (app: string) => void removed.push(app),
  } as unknown as Dependencies;
  const app = { name: 'shop' } as Parameters<ReturnType<typeof createRemoval>['remove']>[0];
  return { removed, remove: () => createRemoval(deps).remove(app, AbortSignal.timeout(1_000)) };
}

test('a removal that is refused leaves the jobs and their history as they were', async () => {
  const running = refused({ open: [{ id: 'd1', state: 'proving' }] });
  await assert.rejects(running.remove(), /Deployment d1 of shop is proving/);
  const linked = refused({ linkedFrom: ['shop', 'blog'] });
  await assert.rejects(linked.remove(), /blog links to shop: remove the link/);
  assert.deepEqual([...running.removed, ...linked.removed], []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashRecipes, imageLabel } from './recipe.ts';
import { planSweep, type SweepableImage } from './sweep.ts';

const recipes = hashRecipes([{ name: 'debian', inputs: [] }]);
const nowMs = 10 * 3_600_000;
const image = (id: string, hash: string, more: Partial<SweepableImage> = {}): SweepableImage => ({
  id,
  tags: [`berth/debian:${hash}`],
  labels: { [imageLabel.image]: 'debian', [imageLabel.recipe]: hash },
  createdMs: 0,
  ...more,
});
const sweep = (observed: SweepableImage[], used: string[] = []): string[] =>
  planSweep({ observed, recipes, usedIds: new Set(used), nowMs });

test('goes: an old recipe’s image, by its tag or by its id', () => {
  assert.deepEqual(sweep([image('a', 'old'), image('b', 'older', { tags: [] })]), ['berth/debian:old', 'b']);
});

test('stays: what is wanted, used, fresh, latest, tagged by somebody, or not ours', () => {
  const hash = recipes[0]!.hash;
  const kept = [
    image('wanted', hash),
    image('used', 'old'),
    image('fresh', 'old', { createdMs: nowMs - 1000 }),
    image('latest', 'old', { tags: ['berth/debian:old', 'berth/debian:latest'] }),
    image('theirs', 'old', { tags: ['berth/debian:old', 'mine:1'] }),
    image('foreign', 'old', { labels: {} }),
  ];
  assert.deepEqual(sweep(kept, ['used']), []);
});

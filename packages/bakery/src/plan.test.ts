import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BakeStep, type ObservedImage, planBake } from './plan.ts';
import { hashRecipes, imageLabel, imageReference, type Recipe } from './recipe.ts';

const recipe = (name: Recipe['name'], parent?: Recipe['name'], input = ''): Recipe => ({
  name,
  ...(parent === undefined ? {} : { parent }),
  dockerfile: `# ${name}`,
  inputs: [input],
});
const recipes = hashRecipes([
  recipe('debian'),
  recipe('base', 'debian'),
  recipe('node', 'base'),
  recipe('edge', 'base'),
  recipe('system', 'node'),
]);
const all = recipes.map((each) => each.name);

const baked = (name: Recipe['name'], more: { isLatest?: boolean; hash?: string } = {}): ObservedImage => {
  const hash = more.hash ?? recipes.find((each) => each.name === name)!.hash;
  return {
    id: `sha256:${name}${hash}`,
    tags: [imageReference(name, hash), ...(more.isLatest === false ? [] : [imageReference(name)])],
    labels: { [imageLabel.recipe]: hash },
  };
};

function play(observed: readonly ObservedImage[], steps: readonly BakeStep[]): ObservedImage[] {
  let images = [...observed];
  for (const { recipe: each } of steps) {
    const latest = imageReference(each.name);
    images = images
      .filter((image) => !image.tags.includes(imageReference(each.name, each.hash)))
      .map((image) => ({ ...image, tags: image.tags.filter((tag) => tag !== latest) }));
    images.push(baked(each.name));
  }
  return images;
}

const anyImages = fc
  .tuple(
    ...recipes.map(({ name }) =>
      fc.option(
        fc
          .record({ isLatest: fc.boolean(), isOld: fc.boolean() })
          .map(({ isLatest, isOld }) => baked(name, { isLatest, ...(isOld ? { hash: 'old' } : {}) })),
        { nil: undefined },
      ),
    ),
  )
  .map((images) => images.filter((image) => image !== undefined));

test('from any images the plan leads to the wanted ones, parents first, and then it is empty', () => {
  fc.assert(
    fc.property(anyImages, fc.subarray(all), (observed, wanted) => {
      const steps = planBake(observed, recipes, wanted);
      const after = play(observed, steps);
      assert.deepEqual(planBake(after, recipes, wanted), []);
      for (const [index, step] of steps.entries()) {
        if (step.kind !== 'bake' || step.recipe.parent === undefined) continue;
        const parent = recipes.find((each) => each.name === step.recipe.parent)!;
        const isThere = play(observed, steps.slice(0, index)).some((image) =>
          image.tags.includes(imageReference(parent.name, parent.hash)),
        );
        assert.ok(isThere, `${step.recipe.name} is baked after ${parent.name}`);
      }
    }),
  );
});

test('what is there is not baked again, nor a parent that only it needs', () => {
  assert.deepEqual(planBake([baked('system')], recipes, ['system']), []);
  const steps = planBake([baked('base')], recipes, ['edge']);
  assert.deepEqual(
    steps.map((step) => [step.kind, step.recipe.name]),
    [['bake', 'edge']],
  );
});

test('returning to an earlier checkout costs a tag', () => {
  const steps = planBake([baked('edge', { isLatest: false })], recipes, ['edge']);
  assert.deepEqual(
    steps.map((step) => step.kind),
    ['tag'],
  );
});

test('a change of a parent changes all that stands on it, and nothing else', () => {
  const changed = hashRecipes([
    recipe('debian'),
    recipe('base', 'debian'),
    recipe('node', 'base', 'another Node.js'),
    recipe('edge', 'base'),
    recipe('system', 'node'),
  ]);
  const differing = changed.filter((each, index) => each.hash !== recipes[index]!.hash);
  assert.deepEqual(
    differing.map((each) => each.name),
    ['node', 'system'],
  );
});

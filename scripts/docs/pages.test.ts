import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderPages } from './pages.ts';
import { machines, renderStates } from './states.ts';

const root = new URL('../..', import.meta.url).pathname;

for (const [path, text] of await renderPages())
  test(`${path} is what the code says`, () => {
    assert.equal(readFileSync(`${root}${path}`, 'utf8'), text, 'run `npm run docs`');
  });

for (const [name, machine] of Object.entries(machines)) {
  test(`every state of a ${name} can be reached, and every arrow leads to a state`, () => {
    const states = new Set(Object.keys(machine.next));
    const reached = new Set([machine.first]);
    for (let size = 0; size !== reached.size; ) {
      size = reached.size;
      for (const state of [...reached]) for (const to of machine.next[state] ?? []) reached.add(to);
    }
    assert.deepEqual([...reached].sort(), [...states].sort());
    assert.deepEqual(Object.keys(machine.meaning).sort(), [...states].sort());
    assert.match(renderStates(machine), /stateDiagram-v2/);
  });
}

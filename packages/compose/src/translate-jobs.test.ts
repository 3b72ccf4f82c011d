import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';

const waits =
  '  web: {image: w, ports: ["80:80"], depends_on: {other: {condition: service_completed_successfully}}}\n';

function translate(other: string, web = waits) {
  const text = `services:\n${web}  other: {image: x, ${other}}\n`;
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, { app: 'shop', contextRoot: '/p' });
}
function of(other: string, web = waits) {
  const result = translate(other, web);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  const spec = result.spec.services.find((each) => each.spec.name === 'other')!.spec;
  return { spec, notes: result.notes.filter((note) => note.includes('other')), routes: result.spec.routes };
}
const refusals = (other: string, web = waits): string[] => {
  const result = translate(other, web);
  return result.kind === 'refused' ? result.issues.map(printIssue) : [];
};

describe('a service that others wait for to complete', () => {
  it('is a job that is started again only when it fails, whatever it says about restarts', () => {
    for (const [said, note] of [
      ['restart: always', 'restart: always'],
      ['restart: unless-stopped', 'restart: unless-stopped'],
      ['deploy: {restart_policy: {condition: any}}', 'condition: any'],
    ] as const) {
      const { spec, notes } = of(said);
      assert.deepEqual([spec.mode, spec.restart.condition], ['job', 'on-failure']);
      assert.deepEqual(notes, [
        `services.other: \`${note}\` holds until it has succeeded once: web waits for it to complete`,
      ]);
    }
    for (const said of ['restart: "no"', 'restart: on-failure:3', 'deploy: {restart_policy: {}}'])
      assert.deepEqual(of(said).notes, [], said);
  });

  it('has no open ports, and is not taken for what answers the app’s requests', () => {
    const { spec, notes, routes } = of('ports: ["80:80", "5432:5432"]');
    assert.deepEqual([spec.mode, spec.ports, spec.port], ['job', [], undefined]);
    assert.deepEqual(notes, ['services.other: its ports are not opened: it is a job, and runs to its end']);
    assert.deepEqual(
      routes.map(({ service }) => service),
      ['web'],
    );
  });

  it('is refused when it is plainly a server, which never completes', () => {
    assert.deepEqual(refusals('restart: always, ports: ["5432:5432"]'), [
      '/p/compose.yaml:3:21: services.other.restart: other is always restarted and publishes ports, so it never completes, and web waits for it to complete (let them wait for `service_healthy`; if it does end, write `restart: "no"`)',
    ]);
    assert.deepEqual(refusals('x-berth: {port: 80}'), [
      '/p/compose.yaml:3:31: services.other.x-berth.port: other is a job, and answers requests, too (make two services of it, or remove its port)',
    ]);
    assert.deepEqual(refusals('deploy: {mode: replicated-job}, x-berth: {routes: [{path: /a}]}', ''), [
      '/p/compose.yaml:2:3: services.other: other is a job, and a route leads to it (let the route lead to a service that keeps running)',
    ]);
  });

  it('is refused when it runs by a schedule: no deployment would run it', () => {
    assert.deepEqual(refusals('x-berth: {schedule: "0 3 * * *"}'), [
      '/p/compose.yaml:2:50: services.web.depends_on.other: web waits for other, which runs by its schedule and in no deployment (remove the dependency, or the schedule)',
    ]);
    const started = '  web: {image: w, depends_on: [other]}\n';
    assert.deepEqual(refusals('x-berth: {schedule: "0 3 * * *"}', started), []);
  });
});

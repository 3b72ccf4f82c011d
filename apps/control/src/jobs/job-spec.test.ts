import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aRelease, aReleaseService } from '@berth/testkit/builders';
import { renderJob } from './job-spec.ts';

test('the task of an execution has the labels of its containers, the service those of the service', () => {
  const spec = { name: 'web', labels: { container: '1' }, serviceLabels: { service: '1' } };
  const rendered = renderJob({
    platform: 'berth',
    execution: { id: '01m87bmz91rm7dbse69t', app: 'shop', service: 'web' },
    release: aRelease({ app: 'shop', services: [aReleaseService({ spec })] }),
    request: {},
    files: [],
    volumes: {},
  });
  const own = { 'berth.purpose': 'job', 'berth.execution': '01m87bmz91rm7dbse69t', 'berth.service': 'web' };
  const { Labels } = rendered.TaskTemplate.ContainerSpec;
  const labels = [rendered.Labels, Labels ?? {}].map((all) =>
    Object.fromEntries(
      ['container', 'service', ...Object.keys(own)].flatMap((key) => (key in all ? [[key, all[key]]] : [])),
    ),
  );
  assert.deepEqual(labels, [
    { service: '1', ...own },
    { container: '1', ...own },
  ]);
});

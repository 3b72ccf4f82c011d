import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extract, pack } from 'tar-stream';
import { taskRig } from '../fixtures/rig.ts';

interface Items {
  readonly items: readonly Record<string, unknown>[];
}

test('inside running tasks, through link and policy', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  await rig.start({
    service: 'web',
    script: 'echo changed > /etc/app.conf; timeout 30 sh -c "while :; do :; done"; sleep 600',
    replicas: 2,
  });
  await rig.start({ service: 'worker', script: 'sleep 600' });
  const get = async (path: string, scope: 'read' | 'admin' = 'read') => {
    const response = await fetch(`${rig.url}/v1/apps/shop/${path}`, { headers: rig.bearer(scope) });
    return { status: response.status, body: (await response.json()) as Items & { detail?: string } };
  };

  await t.test('usage of each task: a busy one uses more than an idle one', async () => {
    const { items } = (await get('usage')).body;
    assert.deepEqual(
      items.map(({ service, slot }) => `${String(service)}.${String(slot)}`),
      ['web.1', 'web.2', 'worker.1'],
    );
    const [busy, , idle] = items as unknown as { cpuPercent: number; memoryBytesMax: number }[];
    assert.ok(busy!.cpuPercent > idle!.cpuPercent, JSON.stringify(items));
    assert.equal(busy!.memoryBytesMax, 64 * 2 ** 20);
  });

  await t.test('processes of one service, with their command lines', async () => {
    const { items } = (await get('processes?service=worker', 'admin')).body;
    const processes = (items[0] as { processes: { command: string }[] }).processes;
    assert.ok(
      processes.some(({ command }) => command.includes('sleep 600')),
      JSON.stringify(processes),
    );
  });

  await t.test('files that differ from the image, and who was inside', async () => {
    const session = await rig.open('/v1/apps/shop/exec', { service: 'worker', command: ['touch', '/opt/x'] });
    assert.equal(await session.exit(), 0);
    const { items } = (await get('changes')).body as unknown as {
      items: { service: string; changes: object[]; touched: { actor: string; command: string }[] }[];
    };
    assert.deepEqual(items[0]?.changes, [{ kind: 'added', path: '/etc/app.conf' }]);
    assert.deepEqual(items[0]?.touched, []);
    assert.deepEqual(items[2]?.changes, [{ kind: 'added', path: '/opt/x' }]);
    assert.deepEqual(
      items[2]?.touched.map(({ actor, command }) => [actor, command]),
      [['admin', 'touch']],
    );
  });

  await t.test('files into a task and out again, as an archive', async () => {
    const into = await rig.open('/v1/apps/shop/copy', { service: 'worker', direction: 'to', path: '/opt' });
    const tar = pack();
    tar.entry({ name: 'note.txt', mode: 0o640 }, 'hello');
    tar.finalize();
    for await (const chunk of tar) into.write(chunk as Buffer);
    into.say({ kind: 'eof' });
    assert.equal(await into.exit(), 0);

    const out = await rig.open('/v1/apps/shop/copy', {
      service: 'worker',
      direction: 'from',
      path: '/opt/note.txt',
    });
    assert.equal(await out.exit(), 0);
    const reader = extract();
    reader.end(Buffer.from(out.stdout(), 'utf8'));
    let text = '';
    for await (const entry of reader) {
      assert.equal(entry.header.name, 'note.txt');
      assert.equal((entry.header.mode ?? 0) & 0o7777, 0o640);
      for await (const chunk of entry) text += String(chunk);
    }
    assert.equal(text, 'hello');
  });

  await t.test('what is not there is named', async () => {
    const missing = await rig.open('/v1/apps/shop/copy', { direction: 'from', path: '/no/such' });
    await missing.until(() => missing.messages.some(({ kind }) => kind === 'error'), 'an error');
    const error = missing.messages.find((message) => message.kind === 'error');
    assert.match(JSON.stringify(error), /There is no web\.1:\/no\/such/);
    assert.match((await get('usage?service=nobody')).body.detail ?? '', /running: web\.1, web\.2, worker\.1/);
  });
});

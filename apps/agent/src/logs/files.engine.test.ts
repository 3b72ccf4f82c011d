import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printLogFiles } from '@berth/domain/log-file';
import { readAll } from '@berth/engine/engine';
import { readEntries } from '@berth/engine/log-entries';
import { systemClock } from '@berth/runtime/clock';
import { sandboxEngine, smallImage } from '@berth/testkit/sandbox-engine';
import { keepLogFiles } from './files.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A file is under its name for as long as it takes to be seen: followed files are looked for twice a second. */
const writer = `
  $| = 1; my ($kind, $file) = @ARGV; my $n = 0;
  sub pause { select(undef, undef, undef, $_[0]) }
  sub reopen { open(my $h, '>>', $file) or die $!; my $o = select($h); $| = 1; select($o); $h }
  sub lines { my ($h, $count) = @_; for (1..$count) { print $h 'line ', ++$n, ' ', 'x' x ($n % 90), "\\n"; pause(0.001) if $n % 40 == 0 } }
  my $h = reopen();
  for my $round (1..3) {
    lines($h, 2000); pause(1.5);
    lines($h, 2000);
    $kind eq 'remove' ? unlink($file) : rename($file, "$file.$round");
    # With \`create\` the new file is there long before the writer opens it.
    if ($kind eq 'create') { open(my $t, '>', $file); close $t; lines($h, 50); pause(1.2); lines($h, 50) }
    lines($h, 50); close $h; $h = reopen();
  }
  lines($h, 10); print STDOUT "$n\\n";`;

test('no line is lost or torn at a rotation under load: renamed, removed, made anew before the writer leaves', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const image = await smallImage(sandbox.engine);
  if (image === undefined) return void t.skip('no small image on this machine');
  const { engine } = sandbox;
  const platform = sandbox.name('p');
  const stop = new AbortController();
  const done = keepLogFiles({ platform, engine, clock: systemClock, log: silent, signal: stop.signal });
  t.after(async () => {
    stop.abort(new Error('over'));
    await done;
  });
  const ofKind = async (kind: string): Promise<void> => {
    const name = sandbox.name(kind);
    const file = '/tmp/log/a.log';
    await engine.createContainer(name, {
      Image: image,
      Cmd: ['/bin/sh', '-c', `mkdir -p /tmp/log; echo before > ${file}; sleep 600`],
      Labels: {
        ...sandbox.labels,
        'berth.platform': platform,
        'berth.log-files': printLogFiles([{ pattern: file, isKept: false }]),
      },
      HostConfig: { Init: true },
    });
    await engine.startContainer(name);
    const lines = async (): Promise<string[]> => {
      const found: string[] = [];
      const body = await engine.containerLogs(name, { tail: 'all', timestamps: true });
      for await (const { text } of readEntries(body)) found.push(text);
      return found;
    };
    await sandbox.until(async () => ((await lines()).includes('before') ? true : undefined), 30_000);
    const { Id } = await engine.createExec(name, {
      Cmd: ['perl', '-e', writer, kind, file],
      AttachStdout: true,
      AttachStderr: true,
    });
    const said = await readAll(await engine.startExec(Id, { tty: true }));
    const count = Number(said.toString('utf8'));
    assert.ok(count > 10_000, said.toString('utf8'));
    await sandbox.until(
      async () => ((await lines()).some((line) => line.startsWith(`line ${count} `)) ? true : undefined),
      30_000,
    );
    const wanted = Array.from({ length: count }, (_, i) => `line ${i + 1} ${'x'.repeat((i + 1) % 90)}`);
    const seen = new Set(await lines());
    assert.deepEqual(
      wanted.filter((line) => !seen.has(line)),
      [],
      kind,
    );
    assert.equal((await lines()).length, count + 1, `${kind}: each once`);
  };
  await Promise.all(['rename', 'remove', 'create'].map(ofKind));
});

test('lines of declared files are in the log of the task: new files, renamed ones, truncated ones, each once', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const image = await smallImage(sandbox.engine);
  if (image === undefined) return void t.skip('no small image on this machine');
  const { engine } = sandbox;
  const platform = sandbox.name('p');
  const start = () => {
    const stop = new AbortController();
    const done = keepLogFiles({ platform, engine, clock: systemClock, log: silent, signal: stop.signal });
    return async () => {
      stop.abort(new Error('over'));
      await done;
    };
  };
  let stop = start();
  t.after(() => stop());
  const name = sandbox.name('web');
  await engine.createContainer(name, {
    Image: image,
    Cmd: ['/bin/sh', '-c', 'mkdir -p /tmp/log /tmp/kept; echo before > /tmp/kept/a.log; echo up; sleep 600'],
    Labels: {
      ...sandbox.labels,
      'berth.platform': platform,
      'berth.log-files': printLogFiles([
        { pattern: '/tmp/log/*.log', isKept: false },
        { pattern: '/tmp/kept/a.log', isKept: false },
      ]),
    },
    HostConfig: { Init: true },
  });
  await engine.startContainer(name);
  const say = async (line: string) => {
    const { Id } = await engine.createExec(name, { Cmd: ['/bin/sh', '-c', line], AttachStdout: true });
    await (await engine.startExec(Id, { tty: false })).toArray();
  };
  const lines = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { text } of readEntries(
      await engine.containerLogs(name, { tail: 'all', timestamps: true }),
    ))
      found.push(text);
    return found;
  };
  const has = (text: string) =>
    sandbox.until(async () => ((await lines()).includes(text) ? true : undefined), 30_000);

  await has('before');
  await say('echo one > /tmp/log/access.log');
  await has('one');
  await say('mv /tmp/log/access.log /tmp/log/access.1; echo two > /tmp/log/access.log');
  await has('two');
  // The agent comes back: what follows already is not doubled.
  await stop();
  stop = start();
  await say('echo three >> /tmp/log/access.log; echo other > /tmp/log/error.log');
  await has('three');
  await has('other');
  // Each file is there for a second and a half only, then another has its name.
  for (const n of [1, 2, 3]) {
    await say(`mv /tmp/log/error.log /tmp/log/error.1; echo swift ${n} > /tmp/log/error.log; sleep 1.5`);
  }
  await has('swift 3');
  await say(': > /tmp/log/access.log');
  await say('sleep 1.5; echo four >> /tmp/log/access.log');
  await has('four');
  assert.deepEqual((await lines()).sort(), [
    ...['before', 'four', 'one', 'other', 'swift 1', 'swift 2', 'swift 3', 'three', 'two', 'up'],
  ]);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from '../files.ts';
import { loadCompose } from '../load.ts';
import { toAppSpec } from '../translate.ts';
import { type ImportSource, importSource, kindOf } from './import.ts';
import { ImportFault, renderImported } from './imported.ts';
import { splitShellWords } from './run-words.ts';

const dollar = '$';

/** The text made, after it was loaded and translated. */
function made(source: ImportSource, environment: Record<string, string> = {}, canRun = true) {
  const text = renderImported(importSource(source), source.name);
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p', environment });
  assert.ok(loaded.kind === 'ok', `${JSON.stringify(loaded)}\n${text}`);
  const result = toAppSpec(loaded, { app: 'shop', contextRoot: '/p' });
  if (canRun) assert.equal(result.kind, 'ok', JSON.stringify(result));
  const model = JSON.parse(JSON.stringify(loaded.model)) as typeof loaded.model;
  return { text, services: model.services, model, result };
}

describe('a docker run line', () => {
  it('becomes a service', () => {
    const { text, services } = made({
      name: 'docker run',
      text: `docker run -d --name blog --restart=always \\
  -p 8080:80 -e TITLE="My blog" -e 'PRICE=5${dollar}' -v data:/var/lib/blog --memory 512m --cpus=0.5 \\
  --health-cmd "curl -f localhost" --health-interval 10s -it ghcr.io/acme/blog:2 serve --all`,
    });
    const blog = services.blog;
    assert.equal(blog?.image, 'ghcr.io/acme/blog:2');
    assert.deepEqual(blog?.command, ['serve', '--all']);
    assert.deepEqual(blog?.environment, { TITLE: 'My blog', PRICE: `5${dollar}` });
    assert.deepEqual(blog?.healthcheck?.test, ['CMD-SHELL', 'curl -f localhost']);
    assert.match(text, /^# Made from docker run by berth import/);
  });

  it('keeps what a service of Berth cannot have, to be refused by name', () => {
    const { services, result } = made(
      { name: 'x', text: 'docker run --network host -v "$(pwd)/d:/d" nginx' },
      {},
      false,
    );
    assert.equal(services.nginx?.network_mode, 'host');
    assert.equal(services.nginx?.volumes?.[0]?.source, '/p/d');
    assert.ok(['ok', 'refused'].includes(result.kind));
  });

  it('with an option that no Compose file can hold is refused', () => {
    assert.throws(() => importSource({ name: 'x', text: 'docker run --frobnicate 1 nginx' }), {
      message: 'docker run has no option --frobnicate that a Compose file can hold',
    });
  });

  it('without an image is refused', () => {
    assert.throws(() => importSource({ name: 'x', text: 'docker run -d' }), /the line names no image/);
  });

  it('is split as a shell does', () => {
    assert.deepEqual(splitShellWords(`a "b c" 'd ${dollar}e' f\\ g "${dollar}H" ""`), [
      'a',
      'b c',
      `d ${dollar}${dollar}e`,
      'f g',
      `${dollar}H`,
      '',
    ]);
  });
});

it('a docker-compose file of version 1 gets its services', () => {
  const text = `web:
  build: .
  dockerfile: Dockerfile.web
  links: [db, "legacy:old"]
  ports: ["80:3000"]
  log_driver: json-file
  log_opt: {max-size: 1m}
db:
  image: postgres:9.4
  volumes: ["pg:/var/lib/postgresql/data"]
`;
  const source = { name: 'docker-compose.yml', text };
  assert.equal(kindOf(source), 'compose-v1');
  const { services, model } = made(source, {}, false);
  assert.equal(services.web?.build?.dockerfile, 'Dockerfile.web');
  assert.deepEqual(services.web?.links, ['db']);
  assert.deepEqual(services.web?.external_links, ['legacy:old']);
  assert.deepEqual(services.web?.logging, { driver: 'json-file', options: { 'max-size': '1m' } });
  assert.deepEqual(Object.keys(model.volumes ?? {}), ['pg']);
  made({ name: 'fig.yml', text: text.replace(', "legacy:old"', '') });
});

describe('the containers of 2014', () => {
  it('as a list', () => {
    const text = `version: v1beta2
id: front
containers:
  - name: web
    image: acme/web
    command: [serve, "${dollar}HOME"]
    env: [{name: MODE, value: live}]
    ports: [{name: http, containerPort: 8080, hostPort: 80}]
    volumeMounts: [{name: data, mountPath: /data}]
    cpu: 500
    memory: 134217728
volumes:
  - name: data
    source: {emptyDir: {}}
`;
    const { services, model } = made({ name: 'group.yaml', text });
    assert.equal(model.name, 'front');
    assert.deepEqual(services.web?.command, ['serve', `${dollar}HOME`]);
    assert.equal(services.web?.cpus, 0.5);
    assert.equal(services.web?.ports?.[0]?.published, '80');
  });

  it('as a mapping', () => {
    const text =
      'name: rails\ncontainers:\n  web: {build: ., links: [db], ports: ["80:3000"]}\n  db: {image: postgres}\n';
    const { services, model } = made({ name: 'group.yml', text });
    assert.equal(model.name, 'rails');
    assert.deepEqual(Object.keys(services).sort(), ['db', 'web']);
  });
});

describe('a Procfile', () => {
  const procfile = `web: bundle exec puma -p ${dollar}PORT\nworker: bundle exec sidekiq\nrelease: rake db:migrate\n`;

  it('gives a service to each process', () => {
    const { services, text } = made({ name: 'Procfile', text: procfile });
    assert.deepEqual(services.web?.command, ['/bin/sh', '-c', `bundle exec puma -p ${dollar}PORT`]);
    assert.equal(services.web?.environment?.PORT, '8080');
    assert.deepEqual(Object.keys(services).sort(), ['web', 'worker']);
    assert.match(text, /x-berth:\n {2}hooks:\n {4}release:\n {6}service: web\n[\s\S]*- rake db:migrate/);
  });

  it('with app.json gets its variables, sizes and stores', () => {
    const appJson = JSON.stringify({
      name: 'My Shop',
      env: { RACK_ENV: 'production', SECRET: { description: 'a secret' }, OPTIONAL: { required: false } },
      formation: { worker: { quantity: 2 } },
      scripts: { postdeploy: 'rake db:seed', test: 'rake test' },
      addons: ['heroku-postgresql:mini', { plan: 'heroku-redis:mini' }, 'papertrail'],
    });
    const environment = { SECRET: 'x', DATABASE_PASSWORD: 'y' };
    const { services, model, text } = made({ name: 'Procfile', text: procfile, appJson }, environment);
    assert.equal(model.name, 'my-shop');
    assert.equal(services.web?.environment?.DATABASE_URL, 'postgres://postgres:y@postgres:5432/app');
    assert.equal(services.worker?.deploy?.replicas, 2);
    assert.match(text, /papertrail has no counterpart/);
    assert.match(text, / {4}seed:\n {6}service: web\n[\s\S]*- rake db:seed/);
    assert.match(text, /the script test \(`rake test`\) is not run by itself/);
  });

  it('that is none is refused with its line', () => {
    assert.throws(
      () => importSource({ name: 'Procfile', text: 'web: x\nnonsense\n' }),
      (cause) => cause instanceof ImportFault && cause.line === 2,
    );
  });
});

it('a fleet unit becomes a service', () => {
  const text = `[Unit]
Description=Web
After=docker.service db.service
[Service]
Restart=always
ExecStartPre=-/usr/bin/docker kill web-%i
ExecStartPre=/usr/bin/docker pull acme/web
ExecStart=/usr/bin/docker run --rm --name web-%i \\
  -p 80:8080 -e MODE=live -e SELF=web-%i acme/web serve
ExecStop=/usr/bin/docker stop web-%i
[X-Fleet]
MachineMetadata=disk=ssd
Conflicts=web@*.service
`;
  const { services, text: yaml } = made({ name: 'web@1.service', text });
  assert.deepEqual(services.web?.command, ['serve']);
  assert.equal(services.web?.restart, 'always');
  assert.deepEqual(services.web?.deploy?.placement, {
    constraints: ['node.labels.disk == ssd'],
    max_replicas_per_node: 1,
  });
  assert.match(yaml, /db\.service: import them too/);
  assert.equal(services.web?.environment?.SELF, 'web');
  assert.match(yaml, /SELF=web-%i: the number of a task \(%i\) is left out/);
});

it('a kontena.yml becomes a project', () => {
  const text = `stack: acme/shop
version: 0.1.0
services:
  web:
    image: acme/web:1
    instances: 2
    links: [db]
    ports: ["80:8080"]
    affinity: ["label==disk=ssd"]
    deploy: {strategy: ha, wait_for_port: 8080}
    health_check: {protocol: http, port: 8080, uri: /health, interval: 20, timeout: 5, initial_delay: 10}
    secrets: [{secret: TOKEN, name: API_TOKEN, type: env}]
    hooks: {post_start: []}
  db:
    image: postgres
    stateful: true
    volumes: ["pg:/data"]
volumes:
  pg: {external: false}
`;
  const { services, model, text: yaml } = made({ name: 'kontena.yml', text }, { TOKEN: 't' });
  assert.equal(model.name, 'shop');
  assert.equal(services.web?.deploy?.replicas, 2);
  assert.equal(services.web?.environment?.API_TOKEN, 't');
  assert.deepEqual(services.web?.deploy?.placement?.constraints, ['node.labels.disk == ssd']);
  assert.match(yaml, /web: not carried over: hooks/);
});

it('a Compose file of today is not imported', () => {
  assert.throws(
    () => kindOf({ name: 'compose.yaml', text: 'services: {a: {image: x}}\n' }),
    /of today already/,
  );
});

import { type Fields, type Imported, ImportFault, serviceName } from './imported.ts';
import { importRunLine } from './run-line.ts';

/** A fleet (or systemd) unit that runs a container, as a Compose file. `name`: of its file. */
export function importFleetUnit(text: string, name: string): Imported {
  const unit = parseUnit(text);
  const entries = (key: string) => unit.filter((entry) => entry.key === key).map(({ value }) => value);
  const id = name.replace(/^.*\//, '').replace(/\.service$/, '');
  const own = id.replace(/@.*$/, '');
  const expand = (value: string) =>
    value
      .replaceAll('%%', '\0')
      .replaceAll('%n', `${id}.service`)
      .replaceAll('%p', own)
      .replace(/[.-]?%[iI]/g, '')
      .replaceAll('%H', '$'.concat('{HOSTNAME:-}'))
      .replaceAll('\0', '%');
  const start = entries('ExecStart').map((value) => value.replace(/^[-@+!:]+/, ''));
  const written = start.find((value) => /(?:docker|podman)\s.*\brun\b/.test(value));
  const place = unit.find(({ key }) => key === 'ExecStart')?.line ?? 1;
  if (written === undefined) {
    throw new ImportFault('no ExecStart of the unit is a docker run line', {
      line: place,
      suggestion: 'only units that run containers can be imported',
    });
  }
  const line = expand(written);
  const { manifest, notes: runNotes } = importRunLine(line.slice(line.search(/\S*(?:docker|podman)\s/)));
  const service: Fields = { ...Object.values(manifest.services)[0] };
  const notes = runNotes.filter((note) => !note.startsWith('--rm'));
  const restart = entries('Restart')[0];
  if (restart === 'always') service.restart = 'always';
  else if (restart?.startsWith('on-')) service.restart = 'on-failure';
  for (const key of ['ExecStartPre', 'ExecStartPost', 'ExecStop', 'ExecStopPost', 'ExecReload']) {
    for (const command of entries(key)) {
      if (/(?:docker|podman)\s+(?:pull|kill|rm|stop|login)\b/.test(command)) continue;
      notes.push(`${key}=${command} is not carried over`);
    }
  }
  for (const key of ['Environment', 'EnvironmentFile']) {
    for (const value of entries(key)) {
      notes.push(`${key}=${value} was for the docker command itself: put what the line uses into .env`);
    }
  }
  for (const key of ['After', 'Requires', 'Wants', 'BindsTo']) {
    const others = entries(key)
      .flatMap((value) => value.split(/\s+/))
      .filter((other) => other.endsWith('.service') && !/^docker|^network|^flannel|^etcd/.test(other));
    if (others.length > 0)
      notes.push(`${key}=${others.join(' ')}: import them too and name them in depends_on`);
  }
  placement(entries, service, notes);
  const isTemplate = /@/.test(id);
  if (isTemplate) notes.push('the unit is a template: say how many run with deploy.replicas');
  const numbered = written
    .replace(/--name[= ]\S+/, '')
    .split(/\s+/)
    .filter((word) => /%[iI]/.test(word.replaceAll('%%', '')));
  if (numbered.length > 0)
    notes.push(`${numbered.join(' ')}: the number of a task (%i) is left out, as replicas are all alike`);
  return { manifest: { ...manifest, services: { [serviceName(own)]: service } }, notes };
}

function placement(entries: (key: string) => string[], service: Fields, notes: string[]): void {
  const deploy: Fields = { ...((service.deploy as Fields | undefined) ?? {}) };
  if (entries('Global').some((value) => value === 'true')) deploy.mode = 'global';
  const constraints = [...entries('MachineMetadata'), ...entries('X-ConditionMachineMetadata')].flatMap(
    (value) =>
      value
        .replaceAll('"', '')
        .split(/\s+/)
        .map((each) => each.split('='))
        .map(([key, wanted]) => `node.labels.${key} == ${wanted}`),
  );
  const placed: Fields = {};
  if (constraints.length > 0) placed.constraints = constraints;
  if (entries('Conflicts').concat(entries('X-Conflicts')).length > 0) {
    placed.max_replicas_per_node = 1;
    notes.push('Conflicts: at most one task per node');
  }
  if (Object.keys(placed).length > 0) deploy.placement = placed;
  for (const key of ['MachineID', 'MachineOf']) {
    for (const value of entries(key))
      notes.push(`${key}=${value} is not carried over: say it with deploy.placement`);
  }
  if (Object.keys(deploy).length > 0) service.deploy = deploy;
}

function parseUnit(text: string): { key: string; value: string; line: number }[] {
  const entries: { key: string; value: string; line: number }[] = [];
  let open: { key: string; value: string; line: number } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const continues = line.endsWith('\\');
    const content = continues ? line.slice(0, -1).trim() : line;
    if (open !== undefined) {
      open.value += ` ${content}`;
      if (!continues) open = undefined;
      continue;
    }
    if (line === '' || /^[#;[]/.test(line)) continue;
    const at = content.indexOf('=');
    if (at < 0) throw new ImportFault(`"${line}" is not of the form Key=value`, { line: index + 1 });
    const entry = { key: content.slice(0, at).trim(), value: content.slice(at + 1).trim(), line: index + 1 };
    entries.push(entry);
    if (continues) open = entry;
  }
  return entries;
}

import { type EdgeModel, type LaneName, laneNames } from '@berth/domain/edge';
import { type EdgeMaps, type MapEntries, renderMaps } from './maps.ts';
import { lanesOf } from './names.ts';

export type EdgeCommand =
  | { readonly kind: 'point'; readonly service: string; readonly lane: LaneName; readonly fqdn: string }
  | { readonly kind: 'park'; readonly service: string; readonly lane: LaneName }
  | {
      readonly kind: 'map-add' | 'map-set';
      readonly map: keyof EdgeMaps;
      readonly key: string;
      readonly value: string;
    }
  | { readonly kind: 'map-del'; readonly map: keyof EdgeMaps; readonly key: string };

export type EdgePlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'runtime'; readonly commands: readonly EdgeCommand[] }
  | { readonly kind: 'reload'; readonly because: string };

/**
 * How an edge that runs `current` comes to run `next`. Pure. The order of the commands keeps every request
 * on a lane that can take it: lanes are pointed before they get weight, weights move before a lane is freed,
 * a route appears after its service has weight and goes before anything of it does.
 */
export function planEdgeChange(current: EdgeModel, next: EdgeModel): EdgePlan {
  const because = findStructuralChange(current, next);
  if (because !== undefined) return { kind: 'reload', because };
  const [from, to] = [renderMaps(current), renderMaps(next)];
  const changes = (name: keyof EdgeMaps) => diffMap(name, from[name], to[name]);
  const commands: EdgeCommand[] = [
    ...pointed(current, next),
    ...changes('weights'),
    ...changes('hosts'),
    ...changes('tlsHosts'),
    ...changes('routes'),
    ...changes('redirects'),
    ...parked(current, next),
  ];
  return commands.length === 0 ? { kind: 'nothing' } : { kind: 'runtime', commands };
}

/** What HAProxy can only read from its file. */
function findStructuralChange(current: EdgeModel, next: EdgeModel): string | undefined {
  const before = new Map(current.services.map((service) => [service.id, service]));
  for (const service of next.services) {
    const known = before.get(service.id);
    if (known === undefined) return `service ${service.id} is new`;
    before.delete(service.id);
    if (known.slots !== service.slots) return `service ${service.id} has ${service.slots} slots per lane now`;
    for (const name of laneNames) {
      const [a, b] = [known.lanes[name], service.lanes[name]];
      if (a.port !== b.port) return `lane ${name} of ${service.id} has another port`;
      if (JSON.stringify(probeKey(a.probe)) !== JSON.stringify(probeKey(b.probe)))
        return `lane ${name} of ${service.id} has another probe`;
      if (a.allowFrom?.join() !== b.allowFrom?.join()) return `lane ${name} of ${service.id} lets in others`;
    }
  }
  const [gone] = before.keys();
  if (gone !== undefined) return `service ${gone} is gone`;
  const names = (model: EdgeModel) => model.certificates.map(({ name }) => name).join(' ');
  return names(current) === names(next) ? undefined : 'the list of certificates changed';
}

/** The same probe is the same text, in whatever order its fields came. */
const probeKey = (probe: object): readonly (readonly [string, unknown])[] =>
  Object.entries(probe).sort(([a], [b]) => (a < b ? -1 : 1));

function fqdns(model: EdgeModel): ReadonlyMap<string, string | undefined> {
  return new Map(lanesOf(model).map(({ service, name, lane }) => [`${service.id}/${name}`, lane.fqdn]));
}

function pointed(current: EdgeModel, next: EdgeModel): EdgeCommand[] {
  const before = fqdns(current);
  return lanesOf(next).flatMap(({ service, name, lane }) =>
    lane.fqdn === undefined || lane.fqdn === before.get(`${service.id}/${name}`)
      ? []
      : [{ kind: 'point' as const, service: service.id, lane: name, fqdn: lane.fqdn }],
  );
}

function parked(current: EdgeModel, next: EdgeModel): EdgeCommand[] {
  const before = fqdns(current);
  return lanesOf(next).flatMap(({ service, name, lane }) =>
    lane.fqdn !== undefined || before.get(`${service.id}/${name}`) === undefined
      ? []
      : [{ kind: 'park' as const, service: service.id, lane: name }],
  );
}

function diffMap(map: keyof EdgeMaps, from: MapEntries, to: MapEntries): EdgeCommand[] {
  const commands: EdgeCommand[] = [];
  for (const [key, value] of to) {
    const known = from.get(key);
    if (known === undefined) commands.push({ kind: 'map-add', map, key, value });
    else if (known !== value) commands.push({ kind: 'map-set', map, key, value });
  }
  for (const key of from.keys()) if (!to.has(key)) commands.push({ kind: 'map-del', map, key });
  return commands;
}

import { type EdgeModel, laneNames } from '@berth/domain/edge';
import { backendOf } from './names.ts';

/**
 * What the next worker may take over of `show servers state`: addresses, health and drains of the lanes that
 * follow the same name as before, so that a reload has no moment without servers. Of the others nothing: an
 * address of another release must not come back. Pure.
 */
export function keepServersState(text: string, before: EdgeModel, after: EdgeModel): string {
  const fqdns = new Map(before.services.map((service) => [service.id, service.lanes]));
  const kept = new Set(
    after.services.flatMap((service) =>
      laneNames
        .filter((lane) => {
          const fqdn = service.lanes[lane].fqdn;
          return fqdn !== undefined && fqdns.get(service.id)?.[lane].fqdn === fqdn;
        })
        .map((lane) => backendOf(service.id, lane)),
    ),
  );
  return text
    .split('\n')
    .filter((line) => /^(\d+$|#)/.test(line) || kept.has(line.split(' ')[1] ?? ''))
    .map((line) => `${line}\n`)
    .join('');
}

import type { EdgeModel } from '@berth/domain/edge';
import { backendOf, lanesOf } from './names.ts';

/**
 * What the next worker may take over of `show servers state`: addresses, health and drains of the servers
 * that already follow the name their lane has in the new model, so that a reload has no moment without
 * servers. Of the others nothing: an address of another release must not come back. Pure.
 */
export function keepServersState(text: string, next: EdgeModel): string {
  const names = new Map(
    lanesOf(next).map(({ service, name, lane }) => [backendOf(service.id, name), lane.fqdn]),
  );
  const lines = text.split('\n').filter((line) => line !== '');
  const header = lines.find((line) => line.startsWith('#')) ?? '';
  const columns = header.slice(1).trim().split(' ');
  const [backend, fqdn] = [columns.indexOf('be_name'), columns.indexOf('srv_fqdn')];
  const isKept = (line: string): boolean => {
    const values = line.split(' ');
    const wanted = names.get(values[backend] ?? '');
    return wanted !== undefined && values[fqdn] === wanted;
  };
  return lines
    .filter((line) => line === header || /^\d+$/.test(line) || isKept(line))
    .map((line) => `${line}\n`)
    .join('');
}

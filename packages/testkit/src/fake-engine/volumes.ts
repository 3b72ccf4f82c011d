import type { Volume } from '@berth/engine/types';
import { type Call, created, hasLabels, noContent, ok, parseFilters, Refusal, type Reply } from './reply.ts';

export interface FakeVolumes {
  readonly list: Volume[];
  handle(call: Call, action: string, name: string): Reply;
}

export function createVolumes(): FakeVolumes {
  const list: Volume[] = [];
  const get = (name: string): Volume => {
    const found = list.find((volume) => volume.Name === name);
    if (found === undefined) throw new Refusal(404, `get ${name}: no such volume`);
    return found;
  };
  return {
    list,
    handle(call, action, name) {
      switch (action) {
        case 'list': {
          const filters = parseFilters(call.query);
          return ok({ Volumes: list.filter((volume) => hasLabels(volume.Labels, filters)) });
        }
        case 'create': {
          const spec = call.json as { Name: string; Labels?: Record<string, string> };
          const known = list.find((volume) => volume.Name === spec.Name);
          if (known !== undefined) return created(known);
          const volume: Volume = {
            Name: spec.Name,
            Driver: 'local',
            Mountpoint: `/var/lib/docker/volumes/${spec.Name}/_data`,
            Labels: spec.Labels ?? {},
          };
          list.push(volume);
          return created(volume);
        }
        case 'inspect':
          return ok(get(name));
        default:
          list.splice(list.indexOf(get(name)), 1);
          return noContent;
      }
    },
  };
}

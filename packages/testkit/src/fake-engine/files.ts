import type { EngineFile, EngineFileCreate, ServiceSpec } from '@berth/engine/types';
import {
  type Call,
  created,
  hasLabels,
  noContent,
  ok,
  parseFilters,
  passes,
  Refusal,
  type Reply,
} from './reply.ts';

export interface FakeFile extends EngineFile {
  readonly kind: 'secret' | 'config';
  readonly data: string;
}

/** Secrets and configs of the fake swarm. */
export function createFiles(services: () => readonly ServiceSpec[]) {
  const list: FakeFile[] = [];
  const users = (file: FakeFile): string[] =>
    services()
      .filter(({ TaskTemplate: { ContainerSpec } }) =>
        [...(ContainerSpec.Secrets ?? []), ...(ContainerSpec.Configs ?? [])].some((grant) =>
          [grant.SecretID, grant.ConfigID].includes(file.ID),
        ),
      )
      .map(({ Name }) => Name);
  return {
    list,
    handle(call: Call, kind: FakeFile['kind'], action: 'list' | 'create' | 'remove', id: string): Reply {
      const found = list.find((file) => file.kind === kind && (file.ID === id || file.Spec.Name === id));
      if (action === 'list') {
        const filters = parseFilters(call.query);
        return ok(
          list
            .filter(
              (file) =>
                file.kind === kind &&
                hasLabels(file.Spec.Labels, filters) &&
                passes(filters, 'name', (name) => file.Spec.Name.startsWith(name)),
            )
            .map(({ ID, CreatedAt, Spec }) => ({ ID, CreatedAt, Spec })),
        );
      }
      if (action === 'create') {
        const { Name, Labels, Data } = call.json as EngineFileCreate;
        if (list.some((file) => file.kind === kind && file.Spec.Name.toLowerCase() === Name.toLowerCase()))
          throw new Refusal(409, `rpc error: code = AlreadyExists desc = ${kind} ${Name} already exists`);
        const bytes = Buffer.from(Data, 'base64').length;
        if (bytes < 1 || bytes >= 500 * 1024)
          throw new Refusal(
            400,
            `rpc error: code = InvalidArgument desc = ${kind} data must be larger than 0 and less than 512000 bytes`,
          );
        const file: FakeFile = {
          ID: `fake${kind}${list.length + 1}`,
          CreatedAt: new Date(0).toISOString(),
          Spec: { Name, Labels, ...(kind === 'config' ? { Data } : {}) },
          kind,
          data: Data,
        };
        list.push(file);
        return created({ ID: file.ID });
      }
      if (found === undefined) throw new Refusal(404, `${kind} ${id} not found`);
      const by = users(found);
      if (by.length > 0)
        throw new Refusal(
          400,
          `rpc error: code = InvalidArgument desc = ${kind} '${found.Spec.Name}' is in use by the following service: ${by.join(', ')}`,
        );
      list.splice(list.indexOf(found), 1);
      return noContent;
    },
  };
}

import { fileFor } from '@berth/domain/file';
import type { ServiceSpec } from '@berth/domain/service';
import type { DeliveredFile } from '../files/delivered.ts';

/** Files the engine mounts from memory: immutable objects, named by their content. */
export function grantsOf(spec: ServiceSpec, files: readonly DeliveredFile[]) {
  const grants = (kind: DeliveredFile['kind'], idKey: string, nameKey: string) =>
    spec.files
      .filter((grant) => grant.kind === kind)
      .map((grant) => {
        const file = fileFor(files, spec.name, { kind, name: grant.source });
        if (file === undefined)
          throw new Error(`the release lacks the ${kind} ${grant.source} of ${spec.name}`);
        const { target, uid, gid, mode } = grant;
        return {
          [idKey]: file.id,
          [nameKey]: file.object,
          File: { Name: target, UID: uid, GID: gid, Mode: mode },
        };
      });
  const secrets = grants('secret', 'SecretID', 'SecretName');
  const configs = grants('config', 'ConfigID', 'ConfigName');
  return {
    ...(secrets.length === 0 ? {} : { Secrets: secrets }),
    ...(configs.length === 0 ? {} : { Configs: configs }),
  };
}

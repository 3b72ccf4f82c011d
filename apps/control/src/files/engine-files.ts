import { label } from '@berth/domain/label';
import type { ReleaseFile } from '@berth/domain/release';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';
import type { EngineFile } from '@berth/engine/types';
import { type DeliveredFile, nameFiles } from './delivered.ts';

type Kind = ReleaseFile['kind'];
type Options = { readonly signal?: AbortSignal };

const kinds = ['secret', 'config'] as const;

const list = (
  engine: Engine,
  kind: Kind,
  labels: readonly string[],
  options: Options,
): Promise<EngineFile[]> =>
  (kind === 'secret' ? engine.listSecrets : engine.listConfigs)({ filters: { label: labels }, ...options });

/** The engine's objects of a release, made unless they are there. */
export async function ensureFiles(
  engine: Engine,
  input: Parameters<typeof nameFiles>[0],
  options: Options = {},
): Promise<DeliveredFile[]> {
  const wanted = nameFiles(input);
  const labels = { [label.platform]: input.platform, [label.app]: input.app };
  const filters = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const delivered: DeliveredFile[] = [];
  const find = async (kind: Kind) =>
    new Map((await list(engine, kind, filters, options)).map((found) => [found.Spec.Name, found.ID]));
  const known = new Map<Kind, Map<string, string>>();
  for (const file of wanted) {
    let ids = known.get(file.kind) ?? (await find(file.kind));
    known.set(file.kind, ids);
    if (!ids.has(file.object)) {
      const create = file.kind === 'secret' ? engine.createSecret : engine.createConfig;
      try {
        const { ID } = await create(
          { Name: file.object, Labels: { ...file.labels, ...labels }, Data: file.base64 },
          options,
        );
        ids.set(file.object, ID);
      } catch (error) {
        // Made meanwhile by a step that is done twice.
        if (!isConflict(error)) throw error;
        ids = await find(file.kind);
        known.set(file.kind, ids);
      }
    }
    const id = ids.get(file.object);
    if (id === undefined)
      throw new Error(`the engine has ${file.kind} ${file.object}, but not of ${input.app}`);
    delivered.push({ ...file, id });
  }
  return delivered;
}

/** Removes the platform's secrets and configs that are not in `keep` and that no service uses; gives how many. */
export async function collectFiles(
  engine: Engine,
  input: { platform: string; app?: string; keep: ReadonlySet<string> },
  options: Options = {},
): Promise<number> {
  const labels = [
    `${label.platform}=${input.platform}`,
    ...(input.app === undefined ? [] : [`${label.app}=${input.app}`]),
  ];
  let removed = 0;
  for (const kind of kinds) {
    const remove = kind === 'secret' ? engine.removeSecret : engine.removeConfig;
    for (const { ID, Spec } of await list(engine, kind, labels, options)) {
      if (input.keep.has(Spec.Name)) continue;
      try {
        await remove(ID, options);
        removed += 1;
      } catch (error) {
        if (!isAbsent(error) && !isInUse(error)) throw error;
      }
    }
  }
  return removed;
}

const isInUse = (error: unknown): boolean =>
  error instanceof EngineStatusError && /is in use by/.test(error.engineMessage);

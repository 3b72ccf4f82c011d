import { createHash } from 'node:crypto';
import { topLevel } from './model.ts';
import type { PrintedMap, Struct } from './model-types.ts';
import type { TypedProject } from './project.ts';
import { renderCompactJson } from './render.ts';

/**
 * The hash by which Docker Compose tells whether a service has changed: SHA-256 of its JSON, without what does
 * not change its containers. Of a project whose env files were left unread, as Compose leaves them here; what is
 * built is so for the default platform where it says no other.
 */
export function hashService(project: TypedProject, name: string, defaultPlatform?: string): string {
  const service = project.services.get(name);
  if (service === undefined) throw new Error(`the project has no service ${name}`);
  const { deploy, ...others } = service.fields;
  const fields = {
    ...others,
    ...(others.build === undefined || others.platform || defaultPlatform === undefined
      ? {}
      : { platform: defaultPlatform }),
    deploy: deploy === undefined ? undefined : withoutReplicas(deploy as Struct),
    build: undefined,
    pull_policy: '',
    scale: undefined,
  };
  const { services } = topLevel;
  const printed = (services.json ?? services.yaml)(new Map([[name, { ...service, fields }]])) as PrintedMap;
  const own = printed.get(name) ?? null;
  return createHash('sha256').update(renderCompactJson(own)).digest('hex');
}

const withoutReplicas = (deploy: Struct): Struct => ({
  ...deploy,
  fields: { ...deploy.fields, replicas: undefined },
});

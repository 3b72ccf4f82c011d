import { label } from '@berth/domain/label';
import { type Hiding, hideContainers, hideServices, hideTasks } from '../foreign.ts';
import { judgeBuild, judgeImageCreate, judgeImageRemoval, judgePush, judgeTag } from './images.ts';
import { findKeyFault } from './keys.ts';
import {
  allow,
  type Decision,
  deny,
  isTrue,
  type ObjectRef,
  type PolicyRequest,
  type PolicySettings,
} from './request.ts';
import { judgeContainer, judgeFile, judgeNetwork, judgeService, judgeVolume } from './specs.ts';

type BodyKind = 'none' | 'json' | 'stream';

export interface PolicyRule {
  readonly method: string;
  readonly path: RegExp;
  readonly body: BodyKind;
  readonly judge: (request: PolicyRequest, id: string, settings: PolicySettings) => Decision;
  /** Lists what is not this platform's, too: control gets so much of it. */
  readonly hide?: Hiding;
}

const always = (): Decision => allow();
const ours =
  (kind: ObjectRef['kind'], roles: readonly string[] = []) =>
  (_request: PolicyRequest, id: string): Decision =>
    allow([{ kind, id, roles }]);
/** Looking is allowed at everything of the platform, its own containers included. */
const lookable = ours('container', ['control', 'agent', 'edge', 'registry']);
/** The registry is the one part of Berth that control restarts and whose garbage it collects. */
const changeable = ours('container', ['registry']);

/** Only the platform's own may be listed: a list of configs has their content. */
const requireOwnFilter = (request: PolicyRequest, _id: string, { platform }: PolicySettings): Decision =>
  isOfOwn(request.query, platform)
    ? allow()
    : deny(`a list without the filter label=${label.platform}=${platform}`);

const rule = (
  method: string,
  path: string,
  body: BodyKind,
  judge: PolicyRule['judge'],
  hide?: Hiding,
): PolicyRule => ({
  method,
  ...(hide === undefined ? {} : { hide }),
  path: new RegExp(`^${path.replaceAll('{id}', '(?<id>[^/]+)').replaceAll('{image}', '(?<id>.+)')}$`),
  body,
  judge:
    body === 'json'
      ? (request, id, settings) => {
          const decision = judge(request, id, settings);
          const fault = decision.kind === 'allow' ? findKeyFault(request.body) : undefined;
          return fault === undefined ? decision : deny(fault);
        }
      : judge,
});

/**
 * What control may ask of the engine: an allow-list. A request that matches no row is denied. Whatever a
 * request would change or look into must carry this platform's label; Berth's own containers (agent, edge,
 * control) cannot be touched through the link at all, so control cannot reach the agent's privileges.
 */
export const policyRules: readonly PolicyRule[] = [
  rule('GET', '/_ping', 'none', always),
  rule('GET', '/info', 'none', always),
  rule('GET', '/version', 'none', always),
  // An event has the labels of what it is about, and the command of an exec.
  rule('GET', '/events', 'none', requireOwnFilter),

  rule('GET', '/containers/json', 'none', always, hideContainers),
  rule('GET', '/containers/{id}/json', 'none', lookable),
  rule('GET', '/containers/{id}/logs', 'none', lookable),
  rule('GET', '/containers/{id}/stats', 'none', lookable),
  rule('GET', '/containers/{id}/top', 'none', judgeTop),
  rule('GET', '/containers/{id}/changes', 'none', ours('container')),
  rule('GET', '/containers/{id}/archive', 'none', ours('container')),
  rule('PUT', '/containers/{id}/archive', 'stream', ours('container')),
  rule('POST', '/containers/create', 'json', (request, _id, settings) =>
    judgeContainer(request.body, settings, request.query.get('name') ?? ''),
  ),
  rule('POST', '/containers/{id}/start', 'none', changeable),
  rule('POST', '/containers/{id}/stop', 'none', changeable),
  rule('POST', '/containers/{id}/restart', 'none', changeable),
  rule('POST', '/containers/{id}/kill', 'none', changeable),
  rule('POST', '/containers/{id}/update', 'json', judgeContainerUpdate),
  rule('POST', '/containers/{id}/wait', 'none', ours('container')),
  rule('POST', '/containers/{id}/resize', 'none', ours('container')),
  rule('POST', '/containers/{id}/attach', 'none', ours('container')),
  rule('POST', '/containers/{id}/exec', 'json', judgeExec),
  rule('DELETE', '/containers/{id}', 'none', judgeContainerRemoval),
  rule('POST', '/exec/{id}/start', 'json', ours('exec', ['registry'])),
  rule('POST', '/exec/{id}/resize', 'none', ours('exec', ['registry'])),
  rule('GET', '/exec/{id}/json', 'none', ours('exec', ['registry'])),

  rule('GET', '/images/json', 'none', always),
  rule('GET', '/images/{image}/json', 'none', always),
  rule('GET', '/images/{image}/history', 'none', always),
  rule('POST', '/images/{image}/tag', 'none', judgeTag),
  rule('POST', '/images/{image}/push', 'none', judgePush),
  rule('POST', '/images/create', 'stream', judgeImageCreate),
  rule('DELETE', '/images/{image}', 'none', judgeImageRemoval),
  rule('POST', '/build', 'stream', judgeBuild),
  rule('POST', '/build/cancel', 'none', always),
  rule('POST', '/build/prune', 'none', always),

  rule('GET', '/networks', 'none', always),
  rule('GET', '/networks/{id}', 'none', always),
  rule('POST', '/networks/create', 'json', (request, _id, settings) => judgeNetwork(request.body, settings)),
  rule('POST', '/networks/{id}/connect', 'json', judgeConnect),
  rule('DELETE', '/networks/{id}', 'none', ours('network')),

  rule('GET', '/volumes', 'none', always),
  rule('GET', '/volumes/{id}', 'none', always),
  rule('POST', '/volumes/create', 'json', (request, _id, settings) => judgeVolume(request.body, settings)),

  // Made, listed and removed; never read one by one nor changed: what they hold goes to tasks only.
  ...(['secret', 'config'] as const).flatMap((kind) => [
    rule('GET', `/${kind}s`, 'none', requireOwnFilter),
    rule('POST', `/${kind}s/create`, 'json', (request, _id, settings) =>
      judgeFile(request.body, kind, settings),
    ),
    rule('DELETE', `/${kind}s/{id}`, 'none', ours(kind)),
  ]),

  rule('GET', '/nodes', 'none', always),
  rule('GET', '/nodes/{id}', 'none', always),
  rule('GET', '/services', 'none', always, hideServices),
  rule('GET', '/services/{id}', 'none', ours('service')),
  rule('GET', '/services/{id}/logs', 'none', ours('service')),
  rule('POST', '/services/create', 'json', (request, _id, settings) => judgeService(request.body, settings)),
  rule('POST', '/services/{id}/update', 'json', (request, id, settings) => {
    if (request.query.has('rollback')) return deny('a service goes back by a specification, not by itself');
    // What the node does not allow any more can still be stopped.
    const decision = judgeService(request.body, { ...settings, stops: isStopped(request.body) });
    return decision.kind === 'deny' ? decision : allow([{ kind: 'service', id }, ...decision.objects]);
  }),
  rule('DELETE', '/services/{id}', 'none', ours('service')),
  rule('GET', '/tasks', 'none', always, hideTasks),
  rule('GET', '/tasks/{id}', 'none', ours('task')),
  rule('GET', '/tasks/{id}/logs', 'none', ours('task')),
];

/** The row for a request; undefined: denied whatever it says. */
export function findPolicyRule(
  method: string,
  path: string,
): { readonly rule: PolicyRule; readonly id: string } | undefined {
  // A path with dot segments or empty ones could mean another object to the engine than to this table.
  if (path.split('/').some((segment, i) => i > 0 && isOddSegment(segment))) return undefined;
  for (const candidate of policyRules) {
    if (candidate.method !== method) continue;
    const match = candidate.path.exec(path);
    if (match !== null) return { rule: candidate, id: decodeURIComponent(match.groups?.id ?? '') };
  }
  return undefined;
}

export const noRuleReason = (method: string, path: string): string =>
  `${method} ${path} is not in the list of engine requests Berth needs`;

/** Whether labels are this platform's; `roles` names Berth's own containers that may be meant. */
export function findLabelFault(
  object: ObjectRef,
  labels: Readonly<Record<string, string>> | null | undefined,
  platform: string,
): string | undefined {
  if (labels?.[label.platform] !== platform)
    return `${object.kind} ${object.id} does not carry the label ${label.platform}=${platform}`;
  const role = labels[label.role];
  if (object.kind !== 'network' && role !== undefined && !(object.roles ?? []).includes(role))
    return `${object.kind} ${object.id} is Berth's own ${role}`;
  return undefined;
}

function isOddSegment(segment: string): boolean {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    return true;
  }
  return decoded === '' || decoded === '.' || decoded === '..' || /[/\\\0\r\n?#%]/.test(decoded);
}

const isStopped = (body: unknown): boolean =>
  (body as { Mode?: { Replicated?: { Replicas?: unknown } } } | null)?.Mode?.Replicated?.Replicas === 0;

/** Whether a list has only what is this platform's in it. */
export function isOfOwn(query: URLSearchParams, platform: string): boolean {
  const wanted = `${label.platform}=${platform}`;
  let labels: unknown;
  try {
    labels = (JSON.parse(query.get('filters') ?? '{}') as { label?: unknown } | null)?.label;
  } catch {
    return false;
  }
  return Array.isArray(labels)
    ? labels.includes(wanted)
    : typeof labels === 'object' && labels !== null && (labels as Record<string, unknown>)[wanted] === true;
}

function judgeExec(request: PolicyRequest, id: string): Decision {
  const body = request.body as { Privileged?: unknown } | null;
  if (body?.Privileged === true) return deny('exec with Privileged');
  return allow([{ kind: 'container', id, roles: ['registry'] }]);
}

/** Limits of a running task, and nothing else of it. */
const updateKeys = new Set(['Memory', 'MemorySwap', 'NanoCpus', 'PidsLimit']);

function judgeContainerUpdate(request: PolicyRequest, id: string): Decision {
  const keys = Object.keys((request.body ?? {}) as object);
  const other = keys.find((key) => !updateKeys.has(key));
  return other === undefined
    ? allow([{ kind: 'container', id }])
    : deny(`an update of ${other}: only limits of memory, CPU and processes`);
}

/** The engine gives these arguments to the node's own `ps`: columns only, nothing else. */
function judgeTop(request: PolicyRequest, id: string): Decision {
  const args = request.query.get('ps_args');
  if (args !== null && !/^-eo [a-z%,:0-9]+$/.test(args)) return deny(`ps arguments ${args}`);
  return lookable(request, id);
}

/** A one-off of a service joins all networks of it: under no name, as it does not answer for the service. */
function judgeConnect(request: PolicyRequest, id: string): Decision {
  const body = request.body as { Container?: unknown; EndpointConfig?: Record<string, unknown> } | null;
  if (typeof body?.Container !== 'string' || body.Container === '') return deny('no container is named');
  const options = Object.entries(body.EndpointConfig ?? {}).filter(
    ([key, value]) => !(key === 'Aliases' && Array.isArray(value) && value.length === 0),
  );
  if (options.length > 0) return deny(`EndpointConfig.${options[0]?.[0]} is not one Berth uses`);
  if (Object.keys(body).some((key) => key !== 'Container' && key !== 'EndpointConfig'))
    return deny('only Container and EndpointConfig');
  return allow([
    { kind: 'network', id },
    { kind: 'container', id: body.Container },
  ]);
}

function judgeContainerRemoval(request: PolicyRequest, id: string): Decision {
  if (isTrue(request.query.get('link'))) return deny('links are not used');
  return allow([{ kind: 'container', id }]);
}

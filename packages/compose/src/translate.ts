import { everyIpv4 } from '@berth/domain/bound-port';
import type { Permission } from '@berth/domain/permission';
import {
  type AppService,
  type AppSpec,
  appDefaults,
  type FileSource,
  type HookCommand,
  type Hooks,
  releaseDefaults,
} from '@berth/domain/release';
import type { Redirect, Route } from '@berth/domain/route';
import type { Schedule } from '@berth/domain/schedule';
import type { HostPort } from '@berth/domain/service';
import type { ComposeModel } from './compose-model.ts';
import { type Fault, type Issue, inOrder, printPath } from './issue.ts';
import { nearest } from './schema.ts';
import { splitCommand } from './shellwords.ts';
import { type Ask, asksOf } from './translate-asks.ts';
import { planBindings } from './translate-bindings.ts';
import { planFiles, type SourceFile } from './translate-files.ts';
import { planJobs, routedJobFaults } from './translate-jobs.ts';
import { type Networks, planNetworks } from './translate-networks.ts';
import { planHostPorts } from './translate-ports.ts';
import { planReach } from './translate-reach.ts';
import { isOnHost, isWithoutNetwork, planRoutes } from './translate-routes.ts';
import { scheduleOf } from './translate-schedule.ts';
import { probeOf, translateService } from './translate-service.ts';
import { planVolumes } from './translate-volumes.ts';
import { durationMs } from './units.ts';
import {
  type AppExtension,
  type HookExtension,
  parseAppExtension,
  parseServiceExtension,
  type ServiceExtension,
} from './x-berth.ts';

/** A loaded project, as `loadCompose` gives it: without `toIssue` faults have no place. */
export interface LoadedModel {
  readonly model: ComposeModel;
  readonly toIssue?: (fault: Fault) => Issue;
}

export interface TranslateOptions {
  readonly app: string;
  /** The directory of the source: build contexts become relative to it, and must be inside. */
  readonly contextRoot?: string;
  /** Variables set for the app: those a service leaves without a value may be among them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What a path of the manifest holds in the source: content of configs and secrets. Absent: left empty. */
  readonly readSource?: (path: string) => SourceFile;
}

export type TranslateResult =
  | {
      readonly kind: 'ok';
      readonly spec: AppSpec;
      readonly notes: readonly string[];
      /** What services ask for and have only by a grant, in the order of the file. */
      readonly asks: readonly Ask[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] };

const placeless = (fault: Fault): Issue => ({
  at: `compose.yaml:1:1`,
  file: 'compose.yaml',
  line: 1,
  column: 1,
  path: printPath(fault.path),
  message: fault.message,
  ...(fault.suggestion === undefined ? {} : { suggestion: fault.suggestion }),
});

/**
 * A Compose project as an app Berth can run, or every key of it that Berth cannot honour, by name and place.
 * Nothing is left out in silence: what is honoured by other means is told in `notes`.
 */
export function toAppSpec(loaded: LoadedModel, options: TranslateOptions): TranslateResult {
  const { model } = loaded;
  const faults: Fault[] = [];
  const app = unwrap(parseAppExtension(model['x-berth']), faults) ?? {};
  const extensions = new Map<string, ServiceExtension>();
  const services: AppService[] = [];
  const notes: string[] = [...topLevelNotes(model)];
  for (const [name, service] of Object.entries(model.services)) {
    const extension = unwrap(parseServiceExtension(service['x-berth'], name), faults) ?? {};
    extensions.set(name, extension);
  }
  const files = planFiles({ model, extensions, readSource: options.readSource });
  faults.push(...files.faults);
  const jobs = planJobs(model, extensions);
  const routing = planRoutes({ model, app, extensions, jobs: jobs.names });
  const routed = new Set(routing.routes.map((route) => route.service));
  faults.push(...jobs.faults, ...routedJobFaults(jobs, routed), ...routing.faults);
  notes.push(...jobs.notes, ...routing.notes);
  const joined = planNetworks(model);
  const reach = planReach(model, app);
  const shipped = new Map<string, FileSource>();
  const volumes = planVolumes(model);
  faults.push(...joined.faults, ...reach.faults, ...volumes.faults);
  notes.push(...joined.notes);
  for (const [name, extension] of extensions) {
    const translated = translateService({
      model,
      name,
      extension,
      directory: options.contextRoot,
      readSource: options.readSource,
    });
    for (const source of translated.sources) shipped.set(source.name, source);
    faults.push(...translated.faults);
    const set = options.environment ?? {};
    notes.push(
      ...translated.notes.filter((note) => !Object.keys(set).some((key) => note.includes(` ${key} `))),
    );
    const isRouted = routed.has(name);
    const published = jobs.names.has(name)
      ? { ports: [], faults: [], notes: [] }
      : planHostPorts(model, name, routing);
    faults.push(...published.faults);
    notes.push(...published.notes);
    const onHost = isOnHost(model.services[name]!);
    if (onHost && extension.allow_from !== undefined)
      faults.push({
        path: ['services', name, 'x-berth', 'allow_from'],
        message: 'is in the network of its node, where nothing stands before it',
        suggestion: 'give it a network of its own, or a firewall on the node',
      });
    if (published.ports.length > 0 && isWithoutNetwork(model.services[name]!))
      faults.push({
        path: ['services', name, 'ports'],
        message: 'publishes a port, but has no network',
        suggestion: 'remove `ports`, or `network_mode: none`',
      });
    else if (!onHost && published.ports.length > 0 && isInternalOnly(joined, name))
      faults.push({
        path: ['services', name, 'ports'],
        message: 'publishes a port, but joins only internal networks, which nothing outside reaches',
        suggestion: 'let it join another network too',
      });
    const bound = planBindings({ model, name, app, extension, extensions, links: reach.reach.links, joined });
    faults.push(...bound.faults);
    const port = routing.ports.get(name);
    const schedule = scheduled(extension, name, isRouted, faults);
    services.push({
      image: translated.image,
      spec: {
        ...translated.spec,
        environment: {
          ...translated.spec.environment,
          ...given(bound.environment, translated.spec.environment),
        },
        ...(port === undefined ? {} : { port }),
        networks: joined.memberships.get(name) ?? [],
        ...(onHost ? { hostNetwork: true } : {}),
        ports: extension.allow_from === undefined ? published.ports : published.ports.map(keptByAgent),
        ...(extension.allow_from === undefined ? {} : { allowFrom: extension.allow_from }),
        files: [...(files.grants.get(name) ?? []), ...translated.spec.files],
        secretVariables: { ...extension.secret_variables },
        logFiles: extension.logs ?? [],
        probe: probeOf(extension.probe, isRouted),
        ...(schedule === undefined ? {} : { schedule }),
      },
    });
  }
  if (services.length === 0) faults.push({ path: ['services'], message: 'the app has no services' });
  const hooks = hooksOf(app, extensions, model, faults);
  if (faults.length > 0) return { kind: 'refused', issues: inOrder(faults.map(loaded.toIssue ?? placeless)) };
  const span = (text: string | undefined, standard: number) =>
    text === undefined ? standard : (durationMs(text) ?? standard);
  return {
    kind: 'ok',
    notes,
    asks: asksOf({ model, app: options.app, services, toIssue: loaded.toIssue ?? placeless }),
    spec: {
      app: options.app,
      services,
      routes: routing.routes satisfies readonly Route[],
      redirects: redirectsOf(app),
      hooks,
      ...appDefaults,
      networks: joined.networks,
      ...reach.reach,
      volumes: volumes.volumes,
      files: [...files.sources, ...shipped.values()],
      ...(app.allow_weak === undefined ? {} : { allowWeak: app.allow_weak }),
      deadlineMs: span(app.strategy?.deadline, releaseDefaults.deadlineMs),
      drainMs: span(app.strategy?.drain, releaseDefaults.drainMs),
      warmMs: span(app.strategy?.warm, releaseDefaults.warmMs),
      ...(app.strategy?.probation === undefined
        ? {}
        : { probationMs: span(app.strategy.probation, releaseDefaults.probationMs) }),
    },
  };
}

/** A binding gives a variable its value, unless the manifest does. */
const given = (bound: Readonly<Record<string, string>>, said: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(bound).filter(([name]) => (said[name] ?? null) === null));

/** Swarm opens a port for everybody; the agent looks who comes. */
const keptByAgent = (port: HostPort): HostPort => ({ ...port, address: port.address ?? everyIpv4 });

const isInternalOnly = ({ networks, memberships }: Networks, service: string): boolean =>
  (memberships.get(service) ?? []).every(
    ({ network }) => networks.find(({ name }) => name === network)?.internal === true,
  );

function unwrap<T>(parsed: { ok: T } | { faults: readonly Fault[] }, faults: Fault[]): T | undefined {
  if ('ok' in parsed) return parsed.ok;
  faults.push(...parsed.faults);
  return undefined;
}

function topLevelNotes(model: ComposeModel): string[] {
  const notes: string[] = [];
  for (const key of Object.keys(model)) {
    if (key.startsWith('x-') && key !== 'x-berth' && nearest(key, ['x_berth']) !== undefined) {
      notes.push(`\`${key}\` means nothing to Berth; did you mean \`x-berth\`?`);
    }
  }
  return notes;
}

function redirectsOf(app: AppExtension): Redirect[] {
  return (app.redirects ?? []).map(({ host, to, status }) => ({
    host: host.toLowerCase(),
    to,
    status: (status ?? 301) as Redirect['status'],
  }));
}

/** A scheduled service runs to its end: nobody could be sent to it. */
function scheduled(
  { schedule: given }: ServiceExtension,
  name: string,
  isRouted: boolean,
  faults: Fault[],
): Schedule | undefined {
  if (given === undefined) return undefined;
  const path = ['services', name, 'x-berth', 'schedule'];
  if (isRouted)
    faults.push({
      path,
      message: `${name} runs by a schedule, and answers requests, too`,
      suggestion: 'make two services of it, or remove its ports and routes',
    });
  const schedule = scheduleOf(given, path);
  if ('cron' in schedule) return schedule;
  faults.push(...schedule);
  return undefined;
}

function hooksOf(
  app: AppExtension,
  extensions: ReadonlyMap<string, ServiceExtension>,
  model: ComposeModel,
  faults: Fault[],
): Hooks {
  const of = { app, extensions, model, faults };
  return Object.fromEntries(
    hookKinds.flatMap((kind) => {
      const hook = hookOf(kind, of);
      return hook === undefined ? [] : [[kind, hook]];
    }),
  );
}

const hookKinds = ['release', 'postDeploy', 'seed'] as const satisfies readonly (keyof Hooks)[];
const hookWords = { release: 'release command', postDeploy: 'command after a deployment', seed: 'seed' };

function hookOf(
  kind: keyof Hooks,
  {
    app,
    extensions,
    model,
    faults,
  }: {
    app: AppExtension;
    extensions: ReadonlyMap<string, ServiceExtension>;
    model: ComposeModel;
    faults: Fault[];
  },
): HookCommand | undefined {
  const given: { hook: HookExtension; service: string | undefined; path: (string | number)[] }[] = [];
  const own = app.hooks?.[kind];
  if (own !== undefined) given.push({ hook: own, service: undefined, path: ['x-berth', 'hooks', kind] });
  for (const [name, extension] of extensions) {
    const hook = extension.hooks?.[kind];
    if (hook === undefined) continue;
    given.push({ hook, service: name, path: ['services', name, 'x-berth', 'hooks', kind] });
  }
  const [first, second] = given;
  if (second !== undefined)
    faults.push({
      path: second.path,
      message: `there is already a ${hookWords[kind]}`,
      suggestion: 'keep one',
    });
  if (first === undefined) return undefined;
  const named = typeof first.hook === 'object' && 'command' in first.hook ? first.hook : undefined;
  const command = named?.command ?? (first.hook as string | readonly string[]);
  const names = Object.keys(model.services);
  const service = named?.service ?? first.service ?? (names.length === 1 ? names[0] : undefined);
  if (service === undefined || !(service in model.services)) {
    const near = service === undefined ? undefined : nearest(service, names);
    faults.push({
      path: first.path,
      message: service === undefined ? '`service` is missing' : `there is no service \`${service}\``,
      suggestion: near === undefined ? `name one of ${names.join(', ')}` : `did you mean \`${near}\`?`,
    });
    return undefined;
  }
  return {
    service,
    command: typeof command === 'string' ? splitLine(command, first.path, faults) : command,
  };
}

function splitLine(line: string, path: readonly (string | number)[], faults: Fault[]): readonly string[] {
  try {
    return splitCommand(line);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    faults.push({
      path,
      message: 'the command cannot be split into words',
      suggestion: 'write it as a list',
    });
    return [];
  }
}

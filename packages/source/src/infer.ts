import { refuse } from '@berth/contract/errors';
import {
  type AppService,
  type AppSpec,
  appDefaults,
  type ImageSource,
  releaseDefaults,
} from '@berth/domain/release';
import { type ServiceSpec, safeDefaults } from '@berth/domain/service';
import { commandOf } from './command.ts';
import type { Process } from './procfile.ts';
import type { Recognised } from './recognise.ts';
import type { SourceTree } from './tree.ts';

export interface InferDefaults {
  /** Port tasks listen on when the source says nothing: they are told in `PORT`. */
  readonly port: number;
}

export const inferDefaults: InferDefaults = { port: 8080 };

/** A process of this name runs once per deployment, before any traffic; it is no service. */
const releaseProcess = 'release';

/**
 * The specification of an app that has no Compose file: one routed service `web`, further processes of a
 * Procfile as services of the same image, and safe defaults everywhere. Refuses `source_unrecognised`.
 */
export function inferAppSpec(o: {
  app: string;
  tree: SourceTree;
  recognised: Recognised;
  defaults?: InferDefaults;
}): AppSpec {
  const { recognised } = o;
  const defaults = o.defaults ?? inferDefaults;
  if (recognised.kind === 'unrecognised')
    throw refuse('source_unrecognised', `${capital(recognised.because)}.`, {
      evidence: [`looked for: ${recognised.looked.join(', ')}`, `found: ${describeFiles(o.tree)}`],
    });
  if (recognised.kind === 'compose')
    throw new Error(`${recognised.file} is the app's specification; it is not inferred`);
  const processes = 'processes' in recognised ? recognised.processes : [];
  const image: ImageSource = {
    kind: 'build',
    context: '.',
    ...(recognised.kind === 'dockerfile' ? { dockerfile: recognised.file } : {}),
    args: {},
  };
  const web = processes.find((process) => process.name === 'web');
  const hasWeb = recognised.kind !== 'procfile' || web !== undefined;
  const services: AppService[] = [];
  if (hasWeb)
    services.push({ image, spec: webSpec(portOf(recognised, defaults), webCommand(recognised, web)) });
  for (const process of processes)
    if (process.name !== 'web' && process.name !== releaseProcess)
      services.push({ image, spec: workerSpec(process) });
  const release = processes.find((process) => process.name === releaseProcess);
  const first = services[0];
  if (first === undefined)
    throw refuse('source_unrecognised', 'The Procfile has no process that keeps running: only release.');
  return {
    app: o.app,
    services,
    routes: hasWeb ? [{ service: 'web', path: '/', stripPrefix: false }] : [],
    redirects: [],
    hooks:
      release === undefined
        ? {}
        : { release: { service: first.spec.name, command: commandOf(release.line) } },
    ...appDefaults,
    deadlineMs: releaseDefaults.deadlineMs,
    drainMs: releaseDefaults.drainMs,
    warmMs: releaseDefaults.warmMs,
  };
}

/** Generated Dockerfiles hold the web command already; a Dockerfile of the user's own may have another. */
const webCommand = (recognised: Recognised, web: Process | undefined): readonly string[] | undefined =>
  recognised.kind === 'dockerfile' && web !== undefined ? commandOf(web.line) : undefined;

function portOf(recognised: Recognised, defaults: InferDefaults): number {
  if (recognised.kind === 'node') return recognised.port ?? defaults.port;
  if (recognised.kind === 'dockerfile') return recognised.ports[0] ?? defaults.port;
  return defaults.port;
}

function webSpec(port: number, command: readonly string[] | undefined): ServiceSpec {
  return {
    ...safeDefaults,
    name: 'web',
    port,
    ...(command === undefined ? {} : { command }),
    environment: { PORT: String(port) },
  };
}

function workerSpec(process: Process): ServiceSpec {
  return { ...safeDefaults, name: process.name, command: commandOf(process.line), probe: { kind: 'none' } };
}

function describeFiles(tree: SourceTree): string {
  const top = [...new Set(tree.files.map((file) => file.path.replace(/\/.*/, '/')))];
  if (top.length === 0) return 'nothing';
  return `${top.slice(0, 12).join(', ')}${top.length > 12 ? ` and ${top.length - 12} more` : ''}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

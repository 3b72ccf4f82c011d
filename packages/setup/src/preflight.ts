import { label } from '@berth/domain/label';
import { type Engine, isAbsent } from '@berth/engine/engine';
import type { Check } from './check.ts';
import { observeEngine } from './engine.ts';
import { checkEngine } from './engine-checks.ts';
import { daemonConfigPath } from './engine-profile.ts';
import { readOptional } from './files.ts';
import { observeMachine } from './machine.ts';
import { checkMachine } from './machine-checks.ts';
import { listPorts, type Platform } from './platform.ts';

/** Everything this machine and its engine can be asked without changing them. */
export async function checkHost(o: {
  engine: Engine;
  platform: Platform;
  signal: AbortSignal;
}): Promise<Check[]> {
  const ports = listPorts(o.platform);
  const [facts, state] = await Promise.all([
    observeMachine({ dataDir: o.platform.dataDir, ports: ports.map(([, port]) => port) }),
    observeEngine(o.engine, o.signal),
  ]);
  const published = state.kind === 'answers' ? await listPublished(o.engine, o.signal) : [];
  const isOwn = (each: Published): boolean => each.platform === o.platform.name;
  const checks = checkMachine(facts, {
    ports,
    ownPorts: published.filter(isOwn).map((each) => each.port),
    startingPorts:
      state.kind === 'answers' ? await listStartingPorts(o.engine, o.platform.name, o.signal) : [],
    containerPorts: new Map(
      published.filter((each) => !isOwn(each)).map((each) => [each.port, each.container]),
    ),
    hasEngine: state.kind === 'answers',
  });
  if (state.kind !== 'answers') return checks;
  const daemonConfig = parseConfig(await readOptional(daemonConfigPath));
  return [
    ...checks,
    ...checkEngine({ version: state.version, info: await o.engine.info({ signal: o.signal }), daemonConfig }),
  ];
}

interface Published {
  readonly port: number;
  readonly container: string;
  readonly platform: string | undefined;
}

async function listPublished(engine: Engine, signal: AbortSignal): Promise<Published[]> {
  const containers = await engine.listContainers({ signal });
  return containers.flatMap((container) =>
    container.Ports.flatMap(({ PublicPort, Type }) =>
      PublicPort === undefined || Type !== 'tcp'
        ? []
        : [
            {
              port: PublicPort,
              container: (container.Names[0] ?? container.Id).replace(/^\//, ''),
              platform: container.Labels[label.platform],
            },
          ],
    ),
  );
}

/** Ports of the platform's containers that do not run: one that just starts has opened some of them already. */
async function listStartingPorts(engine: Engine, platform: string, signal: AbortSignal): Promise<number[]> {
  const filters = { label: [`${label.platform}=${platform}`, label.role] };
  const own = await engine.listContainers({ all: true, filters, signal });
  const bindings = await Promise.all(
    own.filter(({ State }) => State !== 'running').map(({ Id }) => readBindings(engine, Id, signal)),
  );
  return bindings.flatMap((each) =>
    Object.values(each).flatMap((ports) => (ports ?? []).map(({ HostPort }) => Number(HostPort))),
  );
}

async function readBindings(engine: Engine, id: string, signal: AbortSignal) {
  try {
    const { HostConfig } = await engine.inspectContainer(id, { signal });
    return (HostConfig.PortBindings ?? {}) as Record<string, { HostPort: string }[] | null>;
  } catch (cause) {
    if (isAbsent(cause)) return {};
    throw cause;
  }
}

function parseConfig(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

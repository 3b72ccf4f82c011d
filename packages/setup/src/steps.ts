import { label } from '@berth/domain/label';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import type { Secret } from '@berth/runtime/secret';
import { type Desired, setupLabel } from './desired.ts';
import { applyDirectory, applyFile, observePath, readOptional } from './files.ts';
import type { FoundIdentity } from './identity.ts';
import type { Observed, ObservedContainer, UpStep } from './plan.ts';
import type { Layout } from './platform.ts';

/** Looks at everything `planUp` compares. */
export async function observe(
  engine: Engine,
  desired: Desired,
  o: { platform: string; signal: AbortSignal },
): Promise<Observed> {
  const wanted = [...desired.directories, ...desired.files].map((each) => each.path);
  const [paths, networks, containers] = await Promise.all([
    Promise.all(wanted.map(async (path) => [path, await observePath(path)] as const)),
    engine.listNetworks({ filters: { label: [`${label.platform}=${o.platform}`] }, signal: o.signal }),
    // By name and not by label: a foreign container with the name is in the way as well.
    Promise.all(desired.containers.map((each) => findContainer(engine, each.name, o))),
  ]);
  return {
    paths: new Map(paths.flatMap(([path, found]) => (found === undefined ? [] : [[path, found] as const]))),
    networks: networks.map((network) => network.Name),
    containers: containers.filter((each) => each !== undefined),
  };
}

async function findContainer(
  engine: Engine,
  name: string,
  { platform, signal }: { platform: string; signal: AbortSignal },
): Promise<ObservedContainer | undefined> {
  try {
    const found = await engine.inspectContainer(name, { signal });
    return {
      id: found.Id,
      name,
      isRunning: found.State.Running,
      specHash: found.Config.Labels[setupLabel.spec],
      isOwn: found.Config.Labels[label.platform] === platform,
    };
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

/** Reads what earlier runs left. A file that cannot be understood counts as absent, its maker decides. */
export async function readIdentity(layout: Layout): Promise<FoundIdentity> {
  const { control, agent, registry } = layout;
  const pair = async (certificate: string, key: string) => {
    const [certificatePem, keyPem] = await Promise.all([readOptional(certificate), readOptional(key)]);
    return certificatePem === undefined || keyPem === undefined ? undefined : { certificatePem, keyPem };
  };
  const [authority, controlPair, agentPair, config, password, htpasswd, registryConfig] = await Promise.all([
    pair(control.caCertificate, control.caKey),
    pair(control.certificate, control.key),
    pair(agent.certificate, agent.key),
    readOptional(control.config),
    readOptional(control.registryPassword),
    readOptional(registry.htpasswd),
    readOptional(registry.config),
  ]);
  return {
    authority,
    control: controlPair,
    agent: agentPair,
    adminToken: parseAdminToken(config),
    registryPassword: password,
    registryHtpasswd: htpasswd,
    registryHttpSecret: /^ {2}secret: (\S+)$/m.exec(registryConfig ?? '')?.[1],
  };
}

function parseAdminToken(config: string | undefined): { id: string; sha256: string } | undefined {
  const found = /"adminToken":\s*\{\s*"id":\s*"([0-9a-z]+)",\s*"sha256":\s*"([0-9a-f]{64})"/.exec(
    config ?? '',
  );
  return found === null ? undefined : { id: found[1]!, sha256: found[2]! };
}

export interface StepPorts {
  readonly engine: Engine;
  readonly saveToken: (token: Secret) => Promise<void>;
  readonly signal: AbortSignal;
}

/** One step. Already done is success. */
export async function applyStep(step: UpStep, ports: StepPorts): Promise<void> {
  const { engine, signal } = ports;
  switch (step.kind) {
    case 'make-directory':
      return applyDirectory(step.directory);
    case 'save-token':
      return ports.saveToken(step.token);
    case 'write-file':
      return applyFile(step.file);
    case 'create-network':
      return unless(isConflict, async () => {
        await engine.createNetwork(
          { Name: step.name, Driver: 'bridge', CheckDuplicate: true, Labels: { ...step.labels } },
          { signal },
        );
      });
    case 'remove-container':
      return unless(isAbsent, async () => {
        await engine.stopContainer(step.id, { graceSeconds: 20, signal });
        await engine.removeContainer(step.id, { force: true, signal });
      });
    case 'create-container':
      return unless(isConflict, async () => {
        await engine.createContainer(step.container.name, step.container.spec, { signal });
      });
    case 'start-container':
      return engine.startContainer(step.name, { signal });
  }
}

/** In words, for progress. */
export function describeStep(step: UpStep): string {
  switch (step.kind) {
    case 'make-directory':
      return `directory ${step.directory.path}`;
    case 'save-token':
      return 'admin token for this command line';
    case 'write-file':
      return step.file.path;
    case 'create-network':
      return `network ${step.name}`;
    case 'remove-container':
      return `replacing ${step.name}: its settings or image changed`;
    case 'create-container':
      return `container ${step.container.name}`;
    case 'start-container':
      return `starting ${step.name}`;
  }
}

async function unless(isExpected: (cause: unknown) => boolean, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (!isExpected(cause)) throw cause;
  }
}

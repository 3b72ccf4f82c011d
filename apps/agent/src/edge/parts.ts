import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfig } from '@berth/contract/config';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from '../log.ts';
import { createCertificates } from './certificates.ts';
import { connectionsMax, createEdgeContainer, type EdgeContainer, edgePorts } from './container.ts';
import { createEdgeFiles, type EdgeFiles } from './files.ts';
import type { EdgeOptions } from './render.ts';
import { createRuntime, type Runtime } from './runtime.ts';

export interface EdgeParts {
  readonly files: EdgeFiles;
  readonly certificates: ReturnType<typeof createCertificates>;
  readonly container: EdgeContainer;
  readonly runtime: Runtime;
  readonly options: EdgeOptions;
  /** Names and addresses the agent's own certificate is for. */
  readonly ownNames: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Told when there is another model. */
  applied?(): void;
}

/** The real files, container and HAProxy of a node's edge. */
export function createEdgeParts(options: {
  config: Pick<AgentConfig, 'platform' | 'dataDir' | 'hostDataDir' | 'edge'>;
  engine: Engine;
  clock: Clock;
  log: Log;
}): EdgeParts {
  const { config, engine, clock, log } = options;
  const { edge } = config;
  const descriptorsMax = readDescriptorsMax();
  const files = createEdgeFiles(join(config.dataDir, 'edge'));
  return {
    files,
    certificates: createCertificates(files.certsDir),
    container: createEdgeContainer({ config, engine, descriptorsMax }),
    runtime: createRuntime(files.runDir, clock),
    options: {
      ports: { ...edgePorts, apps: edge.appPorts },
      httpsPortPublic: edge.httpsPort,
      api: {
        hostName: edge.apiHost,
        upstreamHost: edge.apiUpstream.host,
        upstreamPort: edge.apiUpstream.port,
      },
      ...(edge.statsPort === undefined ? {} : { statsPort: edge.statsPort }),
      connectionsMax: connectionsMax(descriptorsMax),
      hardStopSeconds: 3_600,
      threads: 2,
    },
    ownNames: ownNamesOf(config),
    clock,
    log,
  };
}

const ownNamesOf = ({ edge }: Pick<AgentConfig, 'edge'>): string[] => [
  edge.apiHost,
  edge.apiHost.replace(/^[^.]+/, '*'),
];

/** Makes the files an edge begins with. Its own certificate takes a library of 8 MB that no running agent needs. */
export async function prepareEdge(
  config: Pick<AgentConfig, 'dataDir' | 'edge'>,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const files = createEdgeFiles(join(config.dataDir, 'edge'));
  await files.prepare();
  await createCertificates(files.certsDir).ensureOwn(ownNamesOf(config), clock.now());
}

/** The edge gets at most what this process has: both are the engine's children. */
function readDescriptorsMax(): number {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('Max open files'));
  const hard = Number(line?.split(/\s{2,}/)[2]);
  return Number.isInteger(hard) ? hard : 1_000_000;
}

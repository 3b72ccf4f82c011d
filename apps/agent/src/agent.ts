import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfig } from '@berth/contract/config';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from './log.ts';
import { createCertificates } from './edge/certificates.ts';
import { connectionsMax, createEdgeContainer, edgePorts } from './edge/container.ts';
import { createEdge, type Edge } from './edge/edge.ts';
import { createEdgeFiles } from './edge/files.ts';
import { keepEdge } from './edge/keep.ts';
import { edgeRoutes } from './edge/routes.ts';
import { createRuntime } from './edge/runtime.ts';
import { createBuildCaps } from './engine/build-caps.ts';
import { keepCpuWeights } from './engine/cpu-weights.ts';
import { createEngineGateway } from './engine/gateway.ts';
import { startLink } from './link/dial.ts';
import { createRouter } from './link/router.ts';
import { createFacts } from './node/facts.ts';

const hardStopSeconds = 300;

/** The agent, wired. It serves control while control is there, and keeps the edge in any case. */
export async function startAgent(options: {
  config: AgentConfig;
  engine: Engine;
  clock: Clock;
  log: Log;
}): Promise<{ readonly edge: Edge; close(): Promise<void> }> {
  const { config, engine, clock, log } = options;
  const stopping = new AbortController();
  const descriptorsMax = readDescriptorsMax();

  const container = createEdgeContainer({ config, engine, descriptorsMax });
  const files = createEdgeFiles(join(config.dataDir, 'edge'));
  const edge = createEdge({
    files,
    certificates: createCertificates(files.certsDir),
    container,
    runtime: createRuntime(files.runDir, clock),
    options: {
      ports: { ...edgePorts, apps: config.edge.appPorts },
      httpsPortPublic: config.edge.httpsPort,
      api: {
        hostName: config.edge.apiHost,
        upstreamHost: config.edge.apiUpstream.host,
        upstreamPort: config.edge.apiUpstream.port,
      },
      ...(config.edge.statsPort === undefined ? {} : { statsPort: config.edge.statsPort }),
      connectionsMax: connectionsMax(descriptorsMax),
      hardStopSeconds,
      threads: 2,
    },
    ownNames: [config.edge.apiHost, config.edge.apiHost.replace(/^[^.]+/, '*')],
    clock,
    log,
  });
  const keeping = keepEdge({ platform: config.platform, edge, engine, clock, log, signal: stopping.signal });

  const weighing = keepCpuWeights({ platform: config.platform, engine, clock, log, signal: stopping.signal });

  const caps = createBuildCaps({ limits: config.build, engine, clock, log });
  const gateway = createEngineGateway({
    socketPath: config.engineSocket,
    settings: { platform: config.platform, build: config.build },
    log,
    beforeBuild: caps.hold,
  });
  const facts = createFacts({
    config,
    engine,
    startedAtMs: clock.now(),
    isEdgeRunning: async (signal) => (await container.inspect(signal))?.State.Running ?? false,
  });
  const router = createRouter({
    routes: [
      { method: 'GET', path: /^\/v1\/node$/, handle: (call) => facts(call.signal) },
      ...edgeRoutes(edge),
      ...gateway.routes,
    ],
    clock,
    log,
  });
  const link = startLink({ control: config.control, clock, log, accept: router.accept });
  return {
    edge,
    close: async () => {
      stopping.abort(new Error('the agent stops'));
      await Promise.all([link.close(), keeping, weighing]);
    },
  };
}

/** The edge gets at most what this process has: both are the engine's children. */
function readDescriptorsMax(): number {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('Max open files'));
  const hard = Number(line?.split(/\s{2,}/)[2]);
  return Number.isInteger(hard) ? hard : 1_000_000;
}

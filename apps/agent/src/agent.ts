import { dirname, join } from 'node:path';
import { memoryDir } from '@berth/contract/agent-paths';
import type { AgentConfig } from '@berth/contract/config';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { keepBoundPorts } from './bound-ports/keep.ts';
import { createEdge, type Edge } from './edge/edge.ts';
import { keepEdge } from './edge/keep.ts';
import { createEdgeParts } from './edge/parts.ts';
import { edgeRoutes } from './edge/routes.ts';
import { createBuildCaps } from './engine/build-caps.ts';
import { createEngineGateway } from './engine/gateway.ts';
import { keepNoNetwork } from './engine/no-network.ts';
import { keepTaskLimits } from './engine/task-limits.ts';
import type { Keeper } from './keeper.ts';
import { createProcessLimits } from './limits/process-limits.ts';
import { limitRoutes } from './limits/routes.ts';
import { startLink } from './link/dial.ts';
import { createRouter } from './link/router.ts';
import type { Log } from './log.ts';
import { createLogArchive } from './logs/archive.ts';
import { keepLogFiles } from './logs/files.ts';
import { keepLogs } from './logs/keep.ts';
import { logRoutes } from './logs/routes.ts';
import { createMemoryFiles } from './memory/memory-files.ts';
import { createFacts } from './node/facts.ts';
import { keepVolumes } from './volumes/keep.ts';
import { volumePlaces } from './volumes/options.ts';
import { volumeRoutes } from './volumes/routes.ts';
import { createVolumes } from './volumes/volumes.ts';
import { createVolumeWorker } from './volumes/worker.ts';

/** The agent, wired. It serves control while control is there, and keeps the edge in any case. */
export async function startAgent(options: {
  config: AgentConfig;
  engine: Engine;
  clock: Clock;
  log: Log;
}): Promise<{ readonly edge: Edge; close(): Promise<void> }> {
  const { config, engine, clock, log } = options;
  const stopping = new AbortController();
  const parts = createEdgeParts({ config, engine, clock, log });
  const edge: Edge = createEdge({ ...parts, applied: () => boundPorts.look() });
  const keeper: Keeper = { platform: config.platform, engine, clock, log, signal: stopping.signal };
  const boundPorts = keepBoundPorts({ ...keeper, leading: () => edge.model().boundRuns ?? [] });
  const keeping = keepEdge({ ...keeper, edge });

  const limiting = keepTaskLimits(keeper);
  const isolating = keepNoNetwork(keeper);

  const places = volumePlaces(config);
  const volumes = createVolumes({
    places,
    engine,
    worker: createVolumeWorker({ ...config, image: config.volumes.image, hostDir: places.hostDir, engine }),
    log,
  });
  const keepingVolumes = keepVolumes({ ...keeper, volumes });

  const archive = createLogArchive({ dir: join(config.dataDir, 'logs'), now: clock.now });
  const keepingLogs = keepLogs({ ...keeper, archive });

  const following = keepLogFiles(keeper);

  const processLimits = createProcessLimits({ platform: config.platform, engine, clock, log });
  const watchingLimits = processLimits.run(stopping.signal);

  const caps = createBuildCaps({ limits: config.build, engine, clock, log });
  const gateway = createEngineGateway({
    socketPath: config.engineSocket,
    settings: {
      platform: config.platform,
      volumesDir: places.hostDir,
      build: config.build,
      allow: config.allow,
      ownDir: dirname(config.hostDataDir),
    },
    log,
    adoptedVolumes: volumes.adopted,
    beforeBuild: caps.hold,
  });
  const memory = createMemoryFiles({
    dir: memoryDir.agent,
    hostDir: memoryDir.host(config.platform),
    engine,
    log,
  });
  await memory.sweep(stopping.signal).catch((error: unknown) => {
    log.warn({ err: error }, 'files of containers that are gone were not looked for');
  });
  const facts = createFacts({
    config,
    engine,
    startedAtMs: clock.now(),
    boundPorts: boundPorts.list,
    isEdgeRunning: async () => (await parts.runtime.identity()) !== undefined,
  });
  const router = createRouter({
    routes: [
      { method: 'GET', path: /^\/v1\/node$/, handle: (call) => facts(call.signal) },
      ...edgeRoutes(edge),
      ...volumeRoutes(volumes),
      ...gateway.routes,
      ...memory.routes,
      ...logRoutes(archive),
      ...limitRoutes(processLimits),
    ],
    clock,
    log,
  });
  const link = startLink({ control: config.control, clock, log, accept: router.accept });
  return {
    edge,
    close: async () => {
      stopping.abort(new Error('the agent stops'));
      await Promise.all([
        link.close(),
        keeping,
        limiting,
        isolating,
        boundPorts.close(),
        keepingVolumes,
        keepingLogs,
        following,
        watchingLimits,
      ]);
    },
  };
}

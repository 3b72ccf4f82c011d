import type { AgentConfig } from '@berth/contract/config';
import { createEngine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import { startAgent } from './agent.ts';
import { prepareEdge } from './edge/parts.ts';
import { createLog } from './log.ts';

/** What would leave memory behind is done in a life before (see lean-process.ts); what it made is found there. */
export const prepare = (config: AgentConfig): Promise<void> => prepareEdge(config, systemClock);

/** Runs the agent of this node, and stops it on SIGTERM and SIGINT. The edge goes on. */
export async function run(config: AgentConfig): Promise<void> {
  const log = createLog({
    level: config.logLevel,
    base: { part: 'agent' },
    write: (line) => process.stdout.write(line),
    now: systemClock.now,
  });
  const agent = await startAgent({
    config,
    engine: createEngine(socketTransport(config.engineSocket)),
    clock: systemClock,
    log,
  });
  log.info({ version: config.version, platform: config.platform }, 'agent started');
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      log.info({ signal: name }, 'agent stops');
      agent.close().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, 'the agent did not stop as it should');
          process.exit(1);
        },
      );
    });
}

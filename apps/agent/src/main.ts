import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentConfig } from '@berth/contract/config';
import { createEngine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import pino from 'pino';
import { startAgent } from './agent.ts';

/** Starts the agent of this node from `BERTH_CONFIG`, and stops it on SIGTERM and SIGINT. The edge goes on. */
const file = process.env.BERTH_CONFIG ?? '/etc/berth/agent.json';
const config = AgentConfig.parse(JSON.parse(await readFile(file, 'utf8')));
const log = pino({ level: config.logLevel, base: { part: 'agent' } });
const agent = await startAgent({
  config,
  engine: createEngine(socketTransport(config.engineSocket)),
  clock: systemClock,
  log,
});
log.info({ version: config.version, edge: join(config.dataDir, 'edge') }, 'agent started');

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

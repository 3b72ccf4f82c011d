import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { systemClock } from '@berth/runtime/clock';
import pino from 'pino';
import { readConfig } from './config.ts';

const config = readConfig();
const log = pino({
  level: config.logLevel,
  base: { process: 'control' },
  timestamp: pino.stdTimeFunctions.isoTime,
});

// Loaded from the cache, the program needs neither a parser nor the type stripper in memory: 25 MB less.
enableCompileCache(join(config.dataDir, 'cache'));
const { startControl } = await import('./start.ts');

try {
  const control = await startControl(config, { clock: systemClock, log });
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping');
    control.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  log.fatal({ err: error }, error instanceof Error ? error.message : 'control cannot start');
  process.exit(1);
}

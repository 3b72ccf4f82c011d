import { systemClock } from '@berth/runtime/clock';
import pino from 'pino';
import { readConfig } from './config.ts';
import { startControl } from './start.ts';

/** Starts control, and ends the process when it is told to stop or cannot start. */
export async function run(): Promise<void> {
  const config = readConfig();
  const log = pino({
    level: config.logLevel,
    base: { process: 'control' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
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
}

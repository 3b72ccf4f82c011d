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
    serializers: { err: describeError },
  });
  try {
    const starting = startControl(config, { clock: systemClock, log });
    const stop = async (signal: NodeJS.Signals) => {
      log.info({ signal }, 'stopping');
      // Told to stop while it starts, it stops once it has: what was begun is ended in order.
      const control = await starting;
      try {
        await control.stop();
        process.exit(0);
      } catch (error) {
        log.fatal({ err: error }, 'could not stop in order');
        process.exit(1);
      }
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    await starting;
  } catch (error) {
    log.fatal({ err: error }, error instanceof Error ? error.message : 'control cannot start');
    process.exit(1);
  }
}

/** What ran out of time is a DOMException, and pino would write all the constants of its class, too. */
function describeError(error: Error): object {
  if (!(error instanceof DOMException)) return pino.stdSerializers.err(error);
  return { type: error.name, message: error.message, stack: error.stack };
}

/**
 * Lines as pino writes them, without pino: the agent runs on every node beside everything else, and its
 * memory is mostly the libraries it has loaded.
 */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}
interface Write {
  (fields: object, message?: string): void;
  (message: string): void;
}

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;
type Level = keyof typeof levels;

export function createLog(options: {
  level: Level;
  base: object;
  write: (line: string) => void;
  now: () => number;
}): Log {
  const at =
    (level: Level): Write =>
    (first: object | string, message?: string) => {
      if (levels[level] < levels[options.level]) return;
      const fields = typeof first === 'string' ? {} : first;
      const msg = typeof first === 'string' ? first : message;
      const line = {
        level: levels[level],
        time: new Date(options.now()).toISOString(),
        ...options.base,
        ...fields,
        msg,
      };
      options.write(`${JSON.stringify(line, serialize)}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Errors have nothing of their own to enumerate; `toJSON` of a Secret keeps it one. */
function serialize(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { ...value, type: name, message, stack, ...(cause === undefined ? {} : { cause }) };
}

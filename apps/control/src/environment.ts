import { readFileSync } from 'node:fs';

/** Path of the configuration file: the only thing control takes from the environment. */
export function configFile(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.BERTH_CONFIG === '' ? undefined : env.BERTH_CONFIG;
}

/** `dataDir` of a configuration that nobody has checked yet; undefined when it cannot be read. */
export function readDataDir(file: string | undefined = configFile()): string | undefined {
  if (file === undefined) return undefined;
  try {
    const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isNamed = typeof config === 'object' && config !== null && 'dataDir' in config;
    return isNamed && typeof config.dataDir === 'string' ? config.dataDir : undefined;
  } catch {
    // What is wrong with the file is said by `readConfig`, which checks all of it.
    return undefined;
  }
}

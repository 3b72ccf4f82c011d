import { readFileSync } from 'node:fs';
import { ControlConfig } from '@berth/contract/config';
import { configFile } from './environment.ts';

/** The whole configuration, checked. Throws with every fault of the file named. */
export function readConfig(file: string | undefined = configFile()): ControlConfig {
  if (file === undefined) throw new Error('BERTH_CONFIG must name the configuration file');
  const parsed = ControlConfig.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`,
  );
  throw new Error(`${file} is not valid: ${faults.join('; ')}`);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { becomeLean } from '@berth/runtime/lean-process';
import { readConfig } from './read-config.ts';

const config = readConfig(await readFile(process.env.BERTH_CONFIG ?? '/etc/berth/config.json', 'utf8'));
await becomeLean({
  env: process.env,
  cacheDir: join(config.dataDir, 'cache'),
  sourceDir: import.meta.dirname,
  load: async () => {
    const { prepare } = await import('./program.ts');
    await prepare(config);
  },
});
const { run } = await import('./program.ts');
await run(config);

import { join } from 'node:path';
import { becomeLean } from '@berth/runtime/lean-process';
import { readDataDir } from './environment.ts';

const dataDir = readDataDir();
// Without a configuration there is nothing to be lean for: the program says what is missing.
if (dataDir !== undefined)
  await becomeLean({
    env: process.env,
    cacheDir: join(dataDir, 'cache'),
    sourceDir: import.meta.dirname,
    load: () => import('./program.ts'),
  });
const { run } = await import('./program.ts');
await run();

// JavaScript, as is all that runs before the cache is there: to strip types takes longer than the rest of the start.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Keeps the stripped and compiled modules between invocations. In a directory of the user's own, not in the
// shared one Node.js would take: what is there is run.
const cacheHome = process.env.XDG_CACHE_HOME ?? (process.env.HOME && join(process.env.HOME, '.cache'));
if (cacheHome?.startsWith('/')) enableCompileCache(join(cacheHome, 'berth', 'modules'));

await import('./main.ts');

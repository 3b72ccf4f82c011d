import { broken, type Check, ok, warning } from './check.ts';

export type RegistryAnswer =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'silent'; readonly because: string };

/** The registry answers, and takes control's credentials. Pure. */
export function judgeRegistry(url: string, answer: RegistryAnswer, platform = 'berth'): Check {
  const id = 'registry.answers';
  if (answer.kind === 'silent')
    return broken(
      'registry',
      id,
      `the registry does not answer at ${url} (${answer.because}): nothing can be built or pulled`,
      `Look at \`docker logs ${platform}-registry\`; \`berth up\` starts it. What runs keeps running.`,
    );
  if (answer.status === 401 || answer.status === 403)
    return broken(
      'registry',
      id,
      `the registry at ${url} does not take control’s credentials`,
      '`berth up` writes them to both sides again.',
    );
  if (answer.status !== 200)
    return broken(
      'registry',
      id,
      `the registry at ${url} answered ${answer.status}`,
      `Look at \`docker logs ${platform}-registry\`; is its disk full?`,
    );
  return ok('registry', id, `the registry answers at ${url}`);
}

/** What SQLite says of its own file: `ok`, or the first damage. Pure. */
export function judgeDatabase(result: string): Check {
  if (result === 'ok') return ok('platform', 'platform.database', 'the database is sound');
  return broken(
    'platform',
    'platform.database',
    `the database is damaged: ${result}`,
    'Stop the platform (`berth down`), keep a copy of berth.db, and restore a backup: apps keep serving meanwhile.',
  );
}

/** A part that could not be looked at within its time says so, and holds up nothing else. Pure. */
export function judgeUnasked(area: Check['area'], id: string, because: string): Check {
  return warning(
    area,
    id,
    `could not be checked: ${because}`,
    'Run `berth doctor` again; if it stays, look at the logs of control and of the agent.',
  );
}

import type { Client, ItemOf } from '@berth/client/client';
import type { CallOutput } from '@berth/client/types';
import { formatAge } from './span.ts';
import type { Style } from './style.ts';
import type { Column } from './table.ts';

export type App = ItemOf<'listApps'>;
export type Service = App['services'][number];
export type Deployment = CallOutput<'getDeployment'>;

const statePaint = {
  new: 'dim',
  failed: 'red',
  running: 'green',
  degraded: 'red',
  stopped: 'dim',
  deploying: 'cyan',
} as const;

export function paintState(state: string, style: Style): string {
  const colour = statePaint[state as keyof typeof statePaint];
  return colour === undefined ? state : style[colour](state);
}

/** `2/3`: running of wanted, over all services. */
export function countReplicas(services: readonly Service[]): string {
  const sum = (of: (service: Service) => number) => services.reduce((total, item) => total + of(item), 0);
  return `${sum((item) => item.running)}/${sum((item) => item.replicas)}`;
}

export const appColumns: readonly Column<App>[] = [
  { title: 'APP', value: (app) => app.name, paint: (text, _, style) => style.bold(text) },
  { title: 'ENVIRONMENT', value: (app) => app.environment },
  { title: 'PROJECT', value: (app) => app.project },
  {
    title: 'STATE',
    value: (app) => app.state,
    paint: (text, app, style) => text.replace(app.state, paintState(app.state, style)),
  },
  {
    title: 'RELEASE',
    value: (app) => (app.release === undefined ? '-' : String(app.release)),
    align: 'right',
  },
  { title: 'RUNNING', value: (app) => countReplicas(app.services), align: 'right' },
  {
    title: 'HEALTHY',
    value: (app) => String(app.services.reduce((total, item) => total + item.healthy, 0)),
    align: 'right',
  },
  { title: 'URL', value: (app) => app.urls[0] ?? '-', flexible: true },
];

/** One line; the rest is said by `berth status -a`. */
export function describeFailure({ failure, release, name }: App, now: number): string {
  if (failure === undefined) return '';
  const [what, serves] =
    release === undefined
      ? ['its first deployment', 'nothing of it serves']
      : ['its last deployment', `release ${release} serves`];
  return `${what} failed ${formatAge(failure.at, now)} ago, ${serves}: ${failure.message} (more: \`berth status -a ${name}\`)`;
}

/** The deployment that runs now, if one does. It may end between the two questions; then there is none. */
export async function findRunning(
  client: Client,
  app: App,
  signal: AbortSignal,
): Promise<Deployment | undefined> {
  if (app.deployment === undefined) return undefined;
  try {
    return await client.call('getDeployment', { params: { id: app.deployment }, signal });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'deployment_not_found') return undefined;
    throw error;
  }
}

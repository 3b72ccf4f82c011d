import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { RegistryAuth } from '@berth/engine/engine';
import type { Task } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { Handlers } from '../http/handler.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { RunStore } from '../runs/store.ts';
import { createClientEnd } from './client-end.ts';
import { endsOf } from './ends.ts';
import { execInTask } from './exec.ts';
import { createBudget } from './logs/budget.ts';
import { lineFilter } from './logs/filter.ts';
import { parseSeen } from './logs/position.ts';
import { streamLogs } from './logs/stream.ts';
import type { OneOffs } from './one-offs.ts';
import { pickTask } from './pick.ts';
import { isCurrent, slotsOf } from './restarts.ts';
import { type OneOffSpec, runOneOff } from './run.ts';
import { parseMoment } from './span.ts';
import { isJob, orderTasks, pageOfTasks, type TaskFacts, viewTask } from './task-view.ts';
import type { Touches } from './touches.ts';

export interface TaskDependencies {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly apps: AppStore;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly oneOffs: OneOffs;
  readonly touches: Touches;
  /** What the edges say of each address of the app. */
  observedHealth(app: string): Promise<TaskFacts['health']>;
  oneOffSpec(app: string, service: string | undefined, command: readonly string[]): Promise<OneOffSpec>;
  registryAuth(): RegistryAuth | undefined;
  readonly limitReachedAt?: TaskFacts['limitReachedAt'];
  /** A service of the live release that has no tasks of its own. */
  isScheduled?(app: string, service: string): Promise<boolean>;
}

/** Logs followed by all clients together; a link carries 2,000 streams in all. */
const followedMax = 1_000;

/** Tasks, and what people do with them: look, read, run a command inside or beside. */
export function taskHandlers(
  deps: TaskDependencies,
): Pick<Handlers, 'listTasks' | 'exec' | 'run' | 'streamLogs'> {
  const budget = createBudget(followedMax);
  const momentOf = (name: 'since' | 'until', text: string | undefined) =>
    text === undefined ? undefined : parseMoment(text, deps.clock.now(), `query.${name}`);

  async function tasksOf(
    app: string,
    filters: Record<string, string[]>,
    signal: AbortSignal,
  ): Promise<Task[]> {
    const { engine } = await deps.nodes.manager({ signal });
    const tasks = await engine.listTasks({
      filters: { label: [`${label.platform}=${deps.platform}`, `${label.app}=${app}`], ...filters },
      signal,
    });
    return tasks.filter((task) => !isJob(task));
  }

  /** An edge that does not answer makes its tasks `checking`, not the list fail. */
  const healthOf = (app: string) =>
    deps.observedHealth(app).catch((error: unknown): TaskFacts['health'] => {
      deps.log.debug({ err: error, app }, 'the edges did not say how the tasks are');
      return new Map();
    });

  return {
    listTasks: async ({ params, query, signal }) => {
      const app = await deps.apps.get(params.app);
      const tasks = await tasksOf(app.name, {}, signal);
      const slots = new Map(slotsOf(tasks).map((slot) => [slot.newest.ID, slot]));
      const current = query.all ? tasks : [...slots.values()].filter(isCurrent).map(({ newest }) => newest);
      const isAsked = (task: Task): boolean =>
        query.service === undefined || task.Spec.ContainerSpec.Labels?.[label.service] === query.service;
      const meant = current.filter(isAsked);
      const { items, next } = pageOfTasks(orderTasks(meant), query);
      const before = items.flatMap(({ ID }) => slots.get(ID)?.ended.slice(0, 1) ?? []);
      const [runs, health, ended] = await Promise.all([
        deps.runs.list({ app: app.name }),
        healthOf(app.name),
        endsOf(deps, query.all ? items : [...items, ...before]),
      ]);
      const nodes = new Map(deps.nodes.list().map((link) => [link.id, link.name]));
      return {
        items: items.map((task) =>
          viewTask(task, { runs, health, nodes, ended, slots, limitReachedAt: deps.limitReachedAt }),
        ),
        ...(next === undefined ? {} : { next }),
      };
    },

    exec: async ({ params, query, actor, signal }, socket) => {
      const client = createClientEnd(socket);
      const app = await deps.apps.get(params.app);
      const [tasks, runs, health] = await Promise.all([
        tasksOf(app.name, { 'desired-state': ['running'] }, signal),
        deps.runs.list({ app: app.name }),
        healthOf(app.name),
      ]);
      const picked = pickTask(tasks, query, { runs, health });
      if (picked.kind === 'none') throw refuse('not_found', picked.because);
      const link = deps.nodes.find(picked.task.NodeID ?? '');
      if (link === undefined)
        throw refuse(
          'agent_unreachable',
          `The agent of node ${picked.task.NodeID ?? '?'}, where ${picked.service}.${picked.task.Slot ?? 0} runs, is not connected.`,
        );
      const target = { engine: link.engine, containerId: picked.containerId, service: picked.service };
      const command = commandOf(query.command);
      await deps.touches.note(
        app.name,
        { service: picked.service, slot: picked.task.Slot ?? 0, containerId: picked.containerId },
        { actor: actor.name, command: command[0] ?? '' },
      );
      return execInTask(deps, target, { ...query, command }, client, signal);
    },

    run: async ({ params, query, signal }, socket) => {
      const client = createClientEnd(socket);
      const app = await deps.apps.get(params.app);
      const spec = await deps.oneOffSpec(app.name, query.service, commandOf(query.command));
      const link = await deps.nodes.manager({ signal });
      const name = `${app.name}-run-${newId(deps.clock.now())}`;
      return runOneOff(deps, { link, name, ...spec }, query, client, signal);
    },

    streamLogs: async function* ({ params, query, signal, lastEventId }) {
      const app = await deps.apps.get(params.app);
      if (query.follow && query.until !== undefined)
        throw refuse('invalid', 'Following has no end in time.', {
          issues: [{ at: 'query.until', message: 'leave out either `follow` or `until`' }],
        });
      const matches = await lineFilter(query.grep);
      if (query.service !== undefined) {
        const services = new Set((await deps.runs.list({ app: app.name })).map((run) => run.service));
        if (!services.has(query.service) && (await deps.isScheduled?.(app.name, query.service)) === true)
          throw refuse(
            'not_found',
            `${query.service} runs by a schedule: \`berth jobs logs ${query.service}\` has the lines of its last execution, and \`berth jobs history\` lists them all.`,
          );
        if (!services.has(query.service))
          throw refuse(
            'not_found',
            `${app.name} has no service "${query.service}"; it has ${[...services].join(', ') || 'none yet'}.`,
          );
      }
      yield* streamLogs(
        { ...deps, budget },
        {
          platform: deps.platform,
          app: app.name,
          firstRelease: app.firstRelease,
          service: query.service,
          tail: query.tail,
          follow: query.follow,
          sinceMs: momentOf('since', query.since),
          untilMs: momentOf('until', query.until),
          matches,
          seen: parseSeen(lastEventId),
        },
        signal,
      );
    },
  };
}

function commandOf(command: string | readonly string[]): readonly string[] {
  const list = typeof command === 'string' ? [command] : command;
  if (list.length > 0 && list[0] !== '') return list;
  throw refuse('invalid', 'There is no command.', {
    issues: [{ at: 'query.command', message: 'give the program and its arguments, each as `command=…`' }],
  });
}

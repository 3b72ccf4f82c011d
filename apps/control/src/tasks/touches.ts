import type { EventLog, StoredEvent } from '../events/log.ts';

/** A command a person ran inside a task: its files may not be those of its image any more (R115). */
export interface Touch {
  readonly container: string;
  readonly at: string;
  readonly actor: string;
  /** The program alone: arguments may hold secrets. */
  readonly command: string;
}

const kind = 'task.touched';

export type Touches = ReturnType<typeof createTouches>;

/** Kept as events, so they are seen where everything that happened is, and go when those go. */
export function createTouches(events: Pick<EventLog, 'append' | 'list'>) {
  return {
    async note(
      app: string,
      task: { readonly service: string; readonly slot: number; readonly containerId: string },
      by: { readonly actor: string; readonly command: string },
    ): Promise<void> {
      await events.append({
        kind,
        app,
        text: `${app}: ${by.actor} ran ${by.command} in ${task.service}.${task.slot}`,
        data: { container: task.containerId, actor: by.actor, command: by.command },
      });
    },
    async list(app: string): Promise<Touch[]> {
      return (await events.list({ app, kind })).map(({ at, data }: StoredEvent) => ({
        at,
        container: String(data.container),
        actor: String(data.actor),
        command: String(data.command),
      }));
    },
  };
}

import { join } from 'node:path';
import type { EdgeModel, LaneName, ObservedLane } from '@berth/domain/edge';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { createTurns } from '@berth/runtime/turns';
import { type Attention, attentionCommand } from './attention.ts';
import { askHaproxy, parseTable } from './haproxy-socket.ts';
import { observeLane } from './lanes.ts';
import { adminSocket, backendOf, mapFiles, masterSocket, parkedFqdn, serverNames } from './names.ts';
import type { EdgeCommand } from './plan.ts';

/** HAProxy serves ten callers of a socket at once (`stats maxconn`), and its queue behind them is short. */
const socketCallsMax = 6;

/** HAProxy would not do as told at run time; the caller reloads instead. */
export class RuntimeRefusal extends Error {}

/** The running HAProxy, through its sockets in `run/`. */
export function createRuntime(runDir: string, clock: Clock) {
  const [adminTurn, masterTurn] = [createTurns(socketCallsMax), createTurns(socketCallsMax)];
  const admin = (command: string): Promise<string> =>
    adminTurn(() => askHaproxy(join(runDir, adminSocket), command));
  const master = (command: string): Promise<string> =>
    masterTurn(() => askHaproxy(join(runDir, masterSocket), command));

  /** Commands that answer nothing when they did what they say. */
  const tell = async (command: string, expected = /^\s*$/): Promise<void> => {
    const answer = await admin(command);
    if (!expected.test(answer)) throw new RuntimeRefusal(`${command}: ${answer.trim()}`);
  };
  const readMap = async (file: string): Promise<ReadonlyMap<string, string>> => {
    const map = new Map<string, string>();
    for (const line of (await admin(`show map ${file}`)).split('\n')) {
      const [, key, value] = line.split(' ');
      if (key !== undefined && value !== undefined) map.set(key, value);
    }
    return map;
  };
  /** Which task a slot is drained for. Lost when the agent restarts: then the address it has now. */
  const drainedAddresses = new Map<string, string>();
  const slotsOf = (model: EdgeModel, service: string): readonly string[] =>
    serverNames(model.services.find(({ id }) => id === service)?.slots ?? 0);

  const setFqdn = async (model: EdgeModel, service: string, lane: LaneName, fqdn: string): Promise<void> => {
    for (const server of slotsOf(model, service))
      await tell(
        `set server ${backendOf(service, lane)}/${server} fqdn ${fqdn}`,
        /^\s*$|changed its FQDN|no need/,
      );
  };
  const addressesOf = async (backend: string): Promise<readonly string[]> =>
    parseTable(await admin(`show servers state ${backend}`), ' ')
      .map((row) => row.srv_addr ?? '-')
      .filter((address) => address !== '-');

  /**
   * Points a lane at a name. A server keeps its address and its health until an answer for the new name
   * comes, and would then pass for proven; so the lane has to be without addresses first.
   */
  async function point(model: EdgeModel, service: string, lane: LaneName, fqdn: string): Promise<void> {
    const backend = backendOf(service, lane);
    if ((await addressesOf(backend)).length > 0) {
      await setFqdn(model, service, lane, parkedFqdn);
      const signal = AbortSignal.timeout(5_000);
      const cleared = async () => ((await addressesOf(backend)).length === 0 ? true : undefined);
      await until(cleared, { clock, everyMs: 20, signal }).catch(() => {
        throw new RuntimeRefusal(`${backend} kept the addresses of its former name`);
      });
    }
    // A server drained for a scale-down stays so by itself; its slot is another task's now. And all that
    // come to a lane without traffic may be in the balance at once.
    for (const row of parseTable(await admin(`show servers state ${backend}`), ' ')) {
      if ((Number(row.srv_admin_state) & forcedAdminStates) !== 0)
        await tell(`set server ${backend}/${row.srv_name} state ready`);
      if (row.srv_uweight === '0') await tell(`set server ${backend}/${row.srv_name} weight 1`);
    }
    await setFqdn(model, service, lane, fqdn);
  }

  const act: {
    readonly [K in EdgeCommand['kind']]: (
      command: Extract<EdgeCommand, { kind: K }>,
      model: EdgeModel,
    ) => Promise<void>;
  } = {
    point: ({ service, lane, fqdn }, model) => point(model, service, lane, fqdn),
    park: ({ service, lane }, model) => setFqdn(model, service, lane, parkedFqdn),
    'map-add': ({ map, key, value }) => tell(`add map ${mapFiles[map]} ${key} ${value}`),
    'map-set': ({ map, key, value }) => tell(`set map ${mapFiles[map]} ${key} ${value}`),
    'map-del': ({ map, key }) => tell(`del map ${mapFiles[map]} ${key}`),
  };

  /** The workers' processes, the one that takes new connections first. */
  async function workers(): Promise<{
    readonly current: string | undefined;
    readonly earlier: readonly string[];
  }> {
    const text = await master('show proc');
    const pids = (section: string): string[] =>
      (new RegExp(`# ${section}\\n([^#]*)`).exec(text)?.[1] ?? '')
        .split('\n')
        .map((line) => line.split(/\s+/)[0] ?? '')
        .filter((pid) => /^\d+$/.test(pid));
    return { current: pids('workers')[0], earlier: pids('old workers') };
  }

  return {
    admin,
    workers,
    /** What the running HAProxy says it is; undefined when it does not answer. */
    identity: async (): Promise<{ readonly digest?: string; readonly revision: number } | undefined> => {
      try {
        const meta = await readMap(mapFiles.meta);
        const digest = meta.get('digest');
        return { revision: Number(meta.get('revision') ?? -1), ...(digest === undefined ? {} : { digest }) };
      } catch (error) {
        if (isSilent(error)) return undefined;
        throw error;
      }
    },
    execute: async (commands: readonly EdgeCommand[], next: EdgeModel, digest: string): Promise<void> => {
      for (const command of commands) await act[command.kind](command as never, next);
      await tell(`set map ${mapFiles.meta} revision ${next.revision}`);
      await tell(`set map ${mapFiles.meta} digest ${digest}`);
    },
    /** Undefined when the new worker took over; otherwise HAProxy's words. The old worker then goes on. */
    reload: async (): Promise<string | undefined> => {
      const answer = await master('reload');
      return /^Success=1/.test(answer) ? undefined : answer.trim();
    },
    /** Rows of `show servers state` of these backends. */
    serversOf: async (backends: readonly string[]) => {
      const rows: Readonly<Record<string, string>>[] = [];
      for (const some of chunks(backends, commandsAtOnce))
        rows.push(
          ...parseTable(await admin(some.map((backend) => `show servers state ${backend}`).join(';')), ' '),
        );
      return rows;
    },
    /** A server that went meanwhile is no matter: the next look finds how things are. */
    attend: async (steps: readonly Exclude<Attention, { kind: 'ask' }>[]): Promise<void> => {
      for (const some of chunks(steps, commandsAtOnce))
        await admin(some.map(({ kind, server }) => attentionCommand[kind](server)).join(';'));
    },
    /** Lines of `show servers state`, for the next worker. */
    serversState: () => admin('show servers state'),
    observe: async (
      lane: { service: string; lane: LaneName; fqdn?: string | undefined },
      earlierWorkers: readonly string[],
    ): Promise<ObservedLane> => {
      const command = `show stat ${backendOf(lane.service, lane.lane)} 4 -1`;
      const stats = [await admin(command)];
      for (const pid of earlierWorkers) stats.push(await master(`@!${pid} ${command}`).catch(() => ''));
      return observeLane(lane, stats);
    },
    shutdownLane: async (model: EdgeModel, service: string, lane: LaneName): Promise<void> => {
      const { earlier } = await workers();
      for (const server of slotsOf(model, service)) {
        const command = `shutdown sessions server ${backendOf(service, lane)}/${server}`;
        await tell(command);
        for (const pid of earlier) await master(`@!${pid} ${command}`);
      }
    },
    /**
     * Gives back slots that were drained for a task that is gone: a slot left draining would take the next
     * task's address and send it nothing. Resolves with the slots that are still draining a task.
     */
    releaseDrained: async (): Promise<readonly string[]> => {
      const draining: string[] = [];
      for (const row of parseTable(await admin('show servers state'), ' ')) {
        if ((Number(row.srv_admin_state) & forcedDrain) === 0) continue;
        const server = `${row.be_name}/${row.srv_name}`;
        const address = row.srv_addr ?? '-';
        const drainedFor = drainedAddresses.get(server) ?? address;
        if (address !== '-' && address === drainedFor) {
          drainedAddresses.set(server, address);
          draining.push(server);
        } else {
          await tell(`set server ${server} state ready`);
          drainedAddresses.delete(server);
        }
      }
      if (draining.length === 0) drainedAddresses.clear();
      return draining;
    },
    setServerState: (service: string, lane: LaneName, server: string, state: 'drain' | 'ready') =>
      tell(`set server ${backendOf(service, lane)}/${server} state ${state}`),
    /** Takes up a certificate that is already in use, without a reload. */
    updateCertificate: async (file: string, pem: string): Promise<void> => {
      await tell(`set ssl cert ${file} <<\n${pem.trimEnd()}\n`, /Transaction (created|updated)/);
      await tell(`commit ssl cert ${file}`, /Success/);
    },
    totals: async (): Promise<{ version: string; connectionsCurrent: number; requestsTotal: number }> => {
      const info = new Map(
        (await admin('show info')).split('\n').map((line) => line.split(': ', 2) as [string, string]),
      );
      return {
        version: info.get('Version') ?? '',
        connectionsCurrent: Number(info.get('CurrConns') ?? 0),
        requestsTotal: Number(info.get('CumReq') ?? 0),
      };
    },
    reloads: async (): Promise<number> =>
      Number(/\bmaster\s+(\d+)/.exec(await master('show proc'))?.[1] ?? 0),
  };
}
export type Runtime = ReturnType<typeof createRuntime>;

/** A line of commands has to fit into one buffer of HAProxy. */
const commandsAtOnce = 50;

function* chunks<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** SRV_ADMF_FDRAIN, and SRV_ADMF_FMAINT with it: set by somebody, not by the resolution. */
const forcedDrain = 0x08;
const forcedAdminStates = 0x01 | forcedDrain;

export const isSilent = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

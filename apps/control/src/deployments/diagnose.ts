import type { ErrorCode } from '@berth/contract/errors';
import type { EdgeProbe, ObservedServer } from '@berth/domain/edge';

/** What is known of a task that ended or does not become healthy. */
export interface TaskEvidence {
  readonly slot: number;
  readonly state: string;
  /** Swarm's own words: `No such image: …`, `no suitable node (…)`. */
  readonly error: string | undefined;
  readonly exitCode: number | undefined;
  readonly oomKilled: boolean;
  readonly ranMs: number | undefined;
  /** The last lines it wrote, oldest first. */
  readonly log: readonly string[];
}

export interface Evidence {
  readonly service: string;
  readonly memoryBytesMax: number;
  /** It is to end. */
  readonly isJob: boolean;
  readonly port: number | undefined;
  readonly probe: EdgeProbe;
  readonly tasks: readonly TaskEvidence[];
  /** As the edge sees them. */
  readonly servers: readonly ObservedServer[];
}

export interface Diagnosis {
  readonly code: ErrorCode;
  readonly message: string;
  /** What a person looks at next: cause, probe, log lines. */
  readonly evidence: readonly string[];
}

const logLinesMax = 50;

/** Says in words why a release does not come up (R011). Pure: the facts in, the reason out. */
export function diagnose(facts: Evidence): Diagnosis {
  const ended = facts.tasks.filter((task) =>
    ['failed', 'rejected', 'complete', 'shutdown'].includes(task.state),
  );
  const pending = facts.tasks.find((task) => task.state === 'pending' && task.error !== undefined);
  const log = [...facts.tasks].reverse().find((task) => task.log.length > 0)?.log ?? [];
  const tail =
    log.length === 0
      ? ['(the task wrote nothing)']
      : ['last log lines:', ...log.slice(-logLinesMax).map((line) => `  ${line}`)];
  const last = ended.at(-1);

  if (pending !== undefined && last === undefined) {
    return {
      code: 'no_capacity',
      message: `No node takes the tasks of ${facts.service}: ${pending.error}.`,
      evidence: [`slot ${pending.slot}: ${pending.error}`],
    };
  }
  if (last !== undefined) {
    if (
      last.error !== undefined &&
      /no such image|pull access denied|manifest unknown|not found: manifest|repository does not exist/i.test(
        last.error,
      )
    ) {
      return {
        code: 'image_not_found',
        message: `The image of ${facts.service} cannot be had on the node: ${last.error}.`,
        evidence: [last.error],
      };
    }
    const how = howItEnded(last, facts);
    return {
      code: 'release_unhealthy',
      message: `A task of ${facts.service} ${how.what}.`,
      evidence: [...how.cause, ...exitLine(last), ...tail],
    };
  }
  const states = facts.tasks.map((task) => `slot ${task.slot} is ${task.state}`).join(', ');
  if (facts.isJob)
    return {
      code: 'release_unhealthy',
      message: `The job ${facts.service} has not completed: ${states || 'it has no task'}.`,
      evidence: [
        'cause: it runs to its end, and others may wait for that; one that keeps running is waited for with `service_healthy`',
        ...tail,
      ],
    };
  const isRunning = facts.tasks.some((task) => task.state === 'running');
  if (facts.port === undefined || (facts.servers.length === 0 && !isRunning))
    return {
      code: 'release_unhealthy',
      message: `The tasks of ${facts.service} do not become healthy: ${states || 'there is none'}.`,
      evidence: tail,
    };
  const failing = facts.servers.filter((server) => server.state !== 'up');
  const server = failing[0];
  if (server === undefined) {
    return {
      code: 'release_unhealthy',
      message: `The tasks of ${facts.service} run, but no edge has seen them yet.`,
      evidence: [
        'cause: the name of the tasks does not resolve at the edge; `berth doctor` checks edge and networks',
        ...tail,
      ],
    };
  }
  const probe = probeText(facts.probe, server.address);
  const answer = answerText(server, facts);
  return {
    code: 'release_unhealthy',
    message: `${facts.service} runs, but does not answer its probe: ${answer.what}.`,
    evidence: [
      `probe: ${probe}`,
      `answer: ${server.check.status}${server.check.code === undefined ? '' : ` ${server.check.code}`} ${server.check.text}`.trimEnd(),
      ...answer.cause,
      ...tail,
    ],
  };
}

/** An image that puts itself in the background ends this soon, with success (R074). */
const daemonisedMs = 5_000;

function howItEnded(task: TaskEvidence, facts: Evidence): { what: string; cause: string[] } {
  const after = task.ranMs === undefined ? '' : ` after ${(task.ranMs / 1000).toFixed(1)} s`;
  if (task.oomKilled) {
    return {
      what: `was killed for using more than its memory limit of ${mebibytes(facts.memoryBytesMax)}${after}`,
      cause: ['cause: out of memory; raise deploy.resources.limits.memory in compose.yaml, or use less'],
    };
  }
  if (task.exitCode === 0) {
    return {
      what: `ended by itself with exit code 0${after}`,
      cause: [
        task.ranMs === undefined || task.ranMs < daemonisedMs
          ? 'cause: the command puts itself in the background (daemonises) or has nothing to do; a container lives as long as its command: run it in the foreground'
          : 'cause: the command finished; a service must keep running (a job is run with `berth run`)',
      ],
    };
  }
  if (task.exitCode === 127)
    return {
      what: `exited with code 127${after}`,
      cause: [
        'cause: the command was not found in the image; check `command`, `entrypoint` or the start script',
      ],
    };
  if (task.exitCode === 126)
    return {
      what: `exited with code 126${after}`,
      cause: ['cause: the command is not executable; check its mode and its first line'],
    };
  if (task.exitCode === 137)
    return {
      what: `was killed (exit code 137)${after}`,
      cause: ['cause: killed from outside, or out of memory in the node'],
    };
  if (task.exitCode !== undefined)
    return { what: `exited with code ${task.exitCode}${after}`, cause: ['cause: see what it wrote last'] };
  return { what: `could not be started: ${task.error ?? 'the engine gave no reason'}`, cause: [] };
}

function exitLine(task: TaskEvidence): string[] {
  return [
    `slot ${task.slot}: ${task.state}${task.exitCode === undefined ? '' : `, exit code ${task.exitCode}`}, OOM ${task.oomKilled ? 'yes' : 'no'}${task.error === undefined ? '' : `, ${task.error}`}`,
  ];
}

function answerText(server: ObservedServer, facts: Evidence): { what: string; cause: string[] } {
  const port = facts.probe.kind === 'none' ? facts.port : facts.probe.port;
  switch (server.check.status) {
    case 'L4CON':
      return {
        what: `nothing listens on port ${port}`,
        cause: [
          `cause: connection refused; make the app listen on 0.0.0.0:${port} (not on 127.0.0.1), or name its port with x-berth.port or \`expose\``,
        ],
      };
    case 'L4TOUT':
      return {
        what: `port ${port} does not accept connections in time`,
        cause: ['cause: the app hangs before it accepts, or drops packets'],
      };
    case 'L7STS':
      return {
        what: `it answered ${server.check.code ?? 'an error'} (2xx or 3xx is healthy)`,
        cause: [
          'cause: the probe path answers with an error; choose another with x-berth.probe.path, or mend it',
        ],
      };
    case 'L7TOUT':
      return {
        what: 'it accepted the connection but did not answer in time',
        cause: [
          'cause: the app is still busy starting, or hangs; a slow start is allowed with x-berth.probe.start',
        ],
      };
    case 'L7RSP':
      return {
        what: 'its answer is not HTTP',
        cause: ['cause: another protocol on this port; use x-berth.probe: tcp'],
      };
    default:
      return { what: server.check.text === '' ? 'no answer yet' : server.check.text, cause: [] };
  }
}

export function probeText(probe: EdgeProbe, address: string): string {
  if (probe.kind === 'http') return `GET http://${address}:${probe.port}${probe.path} (Host: ${probe.host})`;
  if (probe.kind === 'tcp') return `TCP connect to ${address}:${probe.port}`;
  return 'none';
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

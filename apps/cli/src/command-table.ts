import type { Command } from 'commander';
import type { Cli } from './cli.ts';

export interface CommandModule {
  register(program: Command, cli: Cli): void;
}

/**
 * Every command and the module that has it, grouped as the help shows them. A command is loaded when it is
 * called, so that none pays for the others.
 */
export const commandGroups = {
  'Your app:': {
    deploy: () => import('./commands/deploy.ts'),
    promote: () => import('./commands/promote.ts'),
    plan: () => import('./commands/plan.ts'),
    rollback: () => import('./commands/rollback.ts'),
    status: () => import('./commands/status.ts'),
    diff: () => import('./commands/diff.ts'),
    ps: () => import('./commands/ps.ts'),
    logs: () => import('./commands/logs.ts'),
    releases: () => import('./commands/releases.ts'),
    deployments: () => import('./commands/deployments.ts'),
    scale: () => import('./commands/scale.ts'),
    resize: () => import('./commands/resize.ts'),
    restart: () => import('./commands/restart.ts'),
    stop: () => import('./commands/stop.ts'),
    start: () => import('./commands/start.ts'),
    env: () => import('./commands/env.ts'),
    secret: () => import('./commands/secret.ts'),
    'config-file': () => import('./commands/config-file.ts'),
    domains: () => import('./commands/domains.ts'),
    stats: () => import('./commands/stats.ts'),
    top: () => import('./commands/top.ts'),
    changes: () => import('./commands/changes.ts'),
    exec: () => import('./commands/exec.ts'),
    cp: () => import('./commands/cp.ts'),
    run: () => import('./commands/run.ts'),
    jobs: () => import('./commands/jobs.ts'),
    config: () => import('./commands/config.ts'),
    explain: () => import('./commands/explain.ts'),
    import: () => import('./commands/import.ts'),
    eject: () => import('./commands/eject.ts'),
    export: () => import('./commands/export.ts'),
    open: () => import('./commands/open.ts'),
    destroy: () => import('./commands/destroy.ts'),
  },
  'The platform:': {
    up: () => import('./commands/up.ts'),
    down: () => import('./commands/down.ts'),
    volume: () => import('./commands/volume.ts'),
    doctor: () => import('./commands/doctor.ts'),
    apps: () => import('./commands/apps.ts'),
    nodes: () => import('./commands/nodes.ts'),
    networks: () => import('./commands/networks.ts'),
    grants: () => import('./commands/grants.ts'),
    externals: () => import('./commands/externals.ts'),
    ports: () => import('./commands/ports.ts'),
    events: () => import('./commands/events.ts'),
    audit: () => import('./commands/audit.ts'),
    tokens: () => import('./commands/tokens.ts'),
  },
  'This command line:': {
    login: () => import('./commands/login.ts'),
    context: () => import('./commands/context.ts'),
    version: () => import('./commands/version.ts'),
    completion: () => import('./commands/completion.ts'),
  },
} as const satisfies Record<string, Record<string, () => Promise<CommandModule>>>;

export const commandNames: readonly string[] = Object.values(commandGroups).flatMap((group) =>
  Object.keys(group),
);

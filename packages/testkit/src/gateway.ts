import { createEngineGateway } from '@berth/agent/engine/gateway';
import { policySettings } from '@berth/agent/engine/policy/fixtures/judged';
import type { Log } from '@berth/agent/log';
import { silent } from './linked-pair.ts';
import { engineSocket } from './sandbox-engine.ts';

/** The agent's way to an engine, under its policy, on a node that allows its tasks nothing of itself. */
export const gatewayFor = (
  platform: string,
  { socketPath = engineSocket, log = silent }: { readonly socketPath?: string; readonly log?: Log } = {},
) =>
  createEngineGateway({
    socketPath,
    settings: policySettings({ platform }),
    log,
    adoptedVolumes: async () => new Set(),
    beforeBuild: async () => undefined,
  });

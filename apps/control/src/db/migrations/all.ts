import type { Migration } from '../migration.ts';
import { foundation } from './0001-foundation.ts';
import { deployments } from './0002-deployments.ts';
import { unchangedServices } from './0003-unchanged-services.ts';
import { hostPorts } from './0004-host-ports.ts';
import { storedFiles } from './0005-stored-files.ts';
import { orderOfRuns } from './0006-order-of-runs.ts';
import { jobs } from './0007-jobs.ts';
import { resizes } from './0008-resizes.ts';
import { volumes } from './0009-volumes.ts';
import { sharedNetworks } from './0010-shared-networks.ts';
import { scopes } from './0011-scopes.ts';
import { boundPorts } from './0012-bound-ports.ts';
import { adoptedVolumes } from './0013-adopted-volumes.ts';
import { grants } from './0014-grants.ts';
import { firstReleases } from './0015-first-releases.ts';
import { changedSchedules } from './0016-changed-schedules.ts';

/** In order; the index of each is its number less one. */
export const migrations: readonly Migration[] = [
  foundation,
  deployments,
  unchangedServices,
  hostPorts,
  storedFiles,
  orderOfRuns,
  jobs,
  resizes,
  volumes,
  sharedNetworks,
  scopes,
  boundPorts,
  adoptedVolumes,
  grants,
  firstReleases,
  changedSchedules,
];

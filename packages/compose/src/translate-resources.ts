import { type Resources, safeDefaults } from '@berth/domain/service';
import { cpusetPattern } from '@berth/domain/task-limits';
import type { ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';

/** Microseconds: the kernel's, where `cpu_period` says nothing. */
const cpuPeriodStandard = 100_000;

/** Limits and reservations of a service, from both of the places Compose has for them. */
export function resourcesOf(service: ComposeService, name: string, faults: Fault[]): Resources {
  const reservations = service.deploy?.resources?.reservations;
  const reserved = reservations?.memory ?? service.mem_reservation;
  const cpus = cpusOf(service, name, faults);
  const memoryBytesMax = memoryOf(service, name, faults);
  const memoryBytesReserved = bytesOf(reserved);
  if (memoryBytesReserved !== undefined && memoryBytesReserved > memoryBytesMax) {
    faults.push({
      path: ['services', name, reservations?.memory === undefined ? 'mem_reservation' : 'deploy'],
      message: `reserves more memory than its limit of ${memoryBytesMax} bytes`,
      suggestion: 'raise `deploy.resources.limits.memory`',
    });
  }
  const shares = Number(service.cpu_shares ?? 0);
  if (shares !== 0 && (shares < 2 || shares > 262_144)) {
    faults.push({
      path: ['services', name, 'cpu_shares'],
      message: `${shares} is not a number of CPU shares`,
      suggestion: 'from 2 to 262144; the usual number is 1024',
    });
  }
  return {
    memoryBytesMax,
    ...(memoryBytesReserved === undefined ? {} : { memoryBytesReserved }),
    ...(cpus === undefined ? {} : { cpusMax: cpus }),
    ...(reservations?.cpus === undefined ? {} : { cpusReserved: Number(reservations.cpus) }),
    cpuWeight: shares === 0 ? safeDefaults.resources.cpuWeight : shares,
    pidsMax: pidsOf(service, name, faults),
    ...cpusetOf(service, name, faults),
    ...swapOf(service, name, memoryBytesMax, faults),
    ...blockIoOf(service, name, faults),
  };
}

/** What the engine asks of a container at least. */
const memoryBytesMin = 6 * 1024 * 1024;

function memoryOf(service: ComposeService, name: string, faults: Fault[]): number {
  const limit = service.deploy?.resources?.limits?.memory;
  const bytes = bytesOf(limit ?? service.mem_limit) ?? safeDefaults.resources.memoryBytesMax;
  const path = ['services', name, limit === undefined ? 'mem_limit' : 'deploy'];
  if (bytes < 0)
    faults.push({
      path,
      message: 'a task cannot have any amount of memory',
      suggestion: 'name a limit; the default is 512 MiB',
    });
  else if (bytes < memoryBytesMin)
    faults.push({
      path,
      message: `${bytes} bytes of memory are less than a container can run in`,
      suggestion: 'the least is 6 MiB',
    });
  return bytes;
}

const bytesOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** Quota and period are a number of processors, which is what Swarm limits by. */
function cpusOf(service: ComposeService, name: string, faults: Fault[]): number | undefined {
  const said = service.deploy?.resources?.limits?.cpus ?? service.cpus;
  const quota = Number(service.cpu_quota ?? 0);
  if (quota <= 0) return said === undefined ? undefined : Number(said);
  if (said !== undefined) {
    faults.push({
      path: ['services', name, 'cpu_quota'],
      message: 'limits the CPU a second time',
      suggestion: 'keep `deploy.resources.limits.cpus` alone',
    });
  }
  return quota / (Number(service.cpu_period ?? 0) || cpuPeriodStandard);
}

function pidsOf(service: ComposeService, name: string, faults: Fault[]): number {
  const limit = service.deploy?.resources?.limits?.pids;
  const pids = limit ?? service.pids_limit;
  if (pids !== undefined && pids < 0) {
    faults.push({
      path: ['services', name, limit === undefined ? 'pids_limit' : 'deploy'],
      message: 'a task cannot have any number of processes',
      suggestion: 'name a limit; the default is 512',
    });
  }
  return pids === undefined ? safeDefaults.resources.pidsMax : Number(pids);
}

function cpusetOf(service: ComposeService, name: string, faults: Fault[]): Pick<Resources, 'cpuset'> {
  const { cpuset } = service;
  if (!cpuset) return {};
  if (!cpusetPattern.test(cpuset)) {
    faults.push({
      path: ['services', name, 'cpuset'],
      message: `"${cpuset}" names no processors`,
      suggestion: 'write it like 0-1,3',
    });
  }
  return { cpuset };
}

function swapOf(
  service: ComposeService,
  name: string,
  memoryBytesMax: number,
  faults: Fault[],
): Pick<Resources, 'memorySwapBytesMax'> {
  const given = service.memswap_limit;
  const bytes = given === undefined ? 0 : Number(given);
  if (bytes === 0) return {};
  if (bytes > 0 && bytes < memoryBytesMax) {
    faults.push({
      path: ['services', name, 'memswap_limit'],
      message: `memory and swap together are less than the memory alone, ${memoryBytesMax} bytes`,
      suggestion: 'raise it, or lower `mem_limit`; equal numbers mean no swap',
    });
  }
  return { memorySwapBytesMax: bytes < 0 ? -1 : bytes };
}

function blockIoOf(service: ComposeService, name: string, faults: Fault[]): Pick<Resources, 'blockIoWeight'> {
  const config = service.blkio_config as { readonly weight?: number } | undefined;
  const weight = Number(config?.weight ?? 0);
  if (weight === 0) return {};
  if (weight < 10 || weight > 1000) {
    faults.push({
      path: ['services', name, 'blkio_config', 'weight'],
      message: `${weight} is not a weight of disk access`,
      suggestion: 'from 10 to 1000; the usual weight is 500',
    });
  }
  return { blockIoWeight: weight };
}

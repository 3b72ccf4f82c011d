import type { VolumeDisk, VolumeUsage } from '@berth/contract/agent';
import { broken, bytes, type Check, count, ok, warning } from './check.ts';

/** From here on a volume is nearly full. */
const nearlyFull = 0.8;

export interface JudgedVolume {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number | undefined;
  readonly isRemoved: boolean;
}

/** The volumes of one node are there, have room, and were not promised more than its disk has. Pure. */
export function judgeVolumes(
  node: string,
  volumes: readonly JudgedVolume[],
  usage: readonly VolumeUsage[],
  disk: VolumeDisk,
): Check[] {
  const checks: Check[] = [];
  const live = volumes.filter(({ isRemoved }) => !isRemoved);
  for (const { id, name } of live) {
    const found = usage.find((one) => one.id === id);
    const at = `platform.volume.${name}`;
    if (found === undefined || !found.isThere || found.fault !== undefined) {
      checks.push(
        broken(
          'platform',
          at,
          `the volume ${name} cannot be used on ${node}: ${found?.fault ?? 'the agent does not know it'}`,
          'Look at the log of the agent. Tasks that mount it do not start until it is mended; nothing is written elsewhere meanwhile.',
        ),
      );
      continue;
    }
    const { bytesUsed, bytesTotal } = found;
    if (bytesUsed !== undefined && bytesTotal !== undefined && bytesUsed >= bytesTotal * nearlyFull)
      checks.push(
        warning(
          'platform',
          at,
          `the volume ${name} is ${Math.round((bytesUsed / bytesTotal) * 100)} % full: ${bytes(bytesTotal - bytesUsed)} left`,
          `\`berth volume grow ${name} --size SIZE\` raises its limit, in use.`,
        ),
      );
  }
  if (disk.limitFault !== undefined && volumes.some(({ sizeBytes }) => sizeBytes !== undefined))
    checks.push(
      broken(
        'platform',
        `platform.volumes.${node}.limits`,
        `${node} cannot make or attach size-limited volumes: ${disk.limitFault}`,
        'Its kernel needs loop devices and XFS.',
      ),
    );
  if (disk.bytesPromised > disk.bytesFree)
    checks.push(
      warning(
        'platform',
        `platform.volumes.${node}.disk`,
        `size-limited volumes of ${node} were promised ${bytes(disk.bytesPromised)} more, and its disk has ${bytes(disk.bytesFree)} free`,
        'Make room before they fill it: a full disk stops the platform. `berth volume ls --trash` shows what can go.',
      ),
    );
  if (checks.length > 0) return checks;
  const removed = volumes.length - live.length;
  const limits = disk.limitFault === undefined ? '' : ' (no size-limited ones)';
  return [
    ok(
      'platform',
      `platform.volumes.${node}`,
      `${node} has ${count(live.length, 'volume')}${limits}${removed === 0 ? '' : `, and ${removed} in the trash`}`,
    ),
  ];
}

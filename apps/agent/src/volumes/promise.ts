const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/**
 * Why a disk cannot promise so much more; undefined: it can. What was promised before counts in full: a
 * size-limited volume takes its room only as it is written.
 */
export function findPromiseFault(disk: {
  readonly bytesFree: number;
  readonly bytesPromised: number;
  readonly bytesMore: number;
}): string | undefined {
  const left = Math.max(0, disk.bytesFree - disk.bytesPromised);
  if (disk.bytesMore <= left) return undefined;
  const promised =
    disk.bytesPromised > 0 ? `, ${bytes(disk.bytesPromised)} of them promised to other volumes` : '';
  return `it asks for ${bytes(disk.bytesMore)} more, and the disk has ${bytes(disk.bytesFree)} free${promised}. Ask for less, or say \`overcommit: true\` (\`--overcommit\`) and watch the disk`;
}

export function bytes(value: number): string {
  const step = value <= 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** step;
  return `${scaled >= 10 || step === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[step]}`;
}

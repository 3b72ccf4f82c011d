import type { ContainerStats } from '@berth/engine/types';

/** Of one core, between two samples of a container. Pure. */
export function cpuPercentOf(before: ContainerStats, after: ContainerStats): number {
  const used = after.cpu_stats.cpu_usage.total_usage - before.cpu_stats.cpu_usage.total_usage;
  const nanoseconds = (Date.parse(after.read) - Date.parse(before.read)) * 1e6;
  return nanoseconds <= 0 || used < 0 ? 0 : Math.round((used / nanoseconds) * 1_000) / 10;
}

/** What one sample says by itself. Pure. */
export function usageOf(stats: ContainerStats) {
  const { usage = 0, limit = 0, stats: parts = {} } = stats.memory_stats;
  // Page cache the kernel drops first does not count, as in `docker stats` (cgroup v1 and v2 names).
  const cache = parts.total_inactive_file ?? parts.inactive_file ?? 0;
  const networks = Object.values(stats.networks ?? {});
  const io = stats.blkio_stats?.io_service_bytes_recursive ?? [];
  const sumOf = (op: string) =>
    io.filter((entry) => entry.op.toLowerCase() === op).reduce((sum, entry) => sum + entry.value, 0);
  return {
    memoryBytes: Math.max(0, usage - cache),
    memoryBytesMax: limit,
    receivedBytes: networks.reduce((sum, network) => sum + network.rx_bytes, 0),
    sentBytes: networks.reduce((sum, network) => sum + network.tx_bytes, 0),
    readBytes: sumOf('read'),
    writtenBytes: sumOf('write'),
    pids: stats.pids_stats.current ?? 0,
  };
}

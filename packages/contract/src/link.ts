/**
 * Flow control of the agent link, the same at both ends: HTTP/2's defaults (64 KiB) would bound a build
 * context or a log to one window per round trip.
 */
export const linkSettings = {
  initialWindowSize: 4 * 1024 * 1024,
  maxFrameSize: 256 * 1024,
  maxConcurrentStreams: 2_000,
  maxHeaderListSize: 64 * 1024,
} as const;

/** Window of the whole connection. */
export const linkWindowBytes = 32 * 1024 * 1024;

/** Header of a 403 with which an agent says that its policy, not the engine, refused; the value says why. */
export const deniedHeader = 'x-berth-denied';

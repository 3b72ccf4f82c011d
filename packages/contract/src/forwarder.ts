import * as z from 'zod';

/** What control asks of a forwarder that is not HAProxy, in its variable `FORWARDER`. */
export const RelayListeners = z.array(
  z.object({
    port: z.number(),
    protocol: z.enum(['tcp', 'udp']),
    /** `host:port`, in order of preference; all addresses of one share what comes. */
    targets: z.array(z.string()),
  }),
);
export type RelayListener = z.infer<typeof RelayListeners>[number];

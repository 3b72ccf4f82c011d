import type { ErrorCode } from '@berth/contract/errors';
import { isDiskFull } from './push.ts';

type PullFault = Extract<
  ErrorCode,
  'disk_full' | 'image_denied' | 'image_not_found' | 'registry_unreachable'
>;

/** How engines and registries say it; the first that fits. Docker Hub does not tell a private image from none. */
const words: readonly (readonly [RegExp, PullFault])[] = [
  [
    /no basic auth credentials|unauthorized|authentication required|access denied|denied:|forbidden|may require 'docker login'/i,
    'image_denied',
  ],
  [/manifest unknown|not found|no such (image|manifest)|does not exist|name unknown/i, 'image_not_found'],
  [
    /no such host|dial tcp|connection (refused|reset)|timeout|timed out|did not answer|x509|tls:|certificate|unexpected EOF|server misbehaving|status code 5\d\d|status: 5\d\d/i,
    'registry_unreachable',
  ],
];

/** Which refusal a pull that failed is, by the words it failed with (R147). Pure. */
export function pullFault(because: string): PullFault {
  if (isDiskFull(because)) return 'disk_full';
  return words.find(([pattern]) => pattern.test(because))?.[1] ?? 'image_not_found';
}

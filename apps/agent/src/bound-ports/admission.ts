import { BlockList, isIP } from 'node:net';

/** Who may come to a port. What is no address or CIDR lets nobody in, as it came from a label. */
export interface Admission {
  /** Undefined: anybody. */
  set(allowFrom: readonly string[] | undefined): void;
  readonly admits: (address: string) => boolean;
}

export function createAdmission(allowFrom: readonly string[] | undefined): Admission {
  let list = listOf(allowFrom);
  return {
    set: (next) => {
      list = listOf(next);
    },
    admits: (address) => list?.check(address, familyOf(address)) ?? true,
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function listOf(allowFrom: readonly string[] | undefined): BlockList | undefined {
  if (allowFrom === undefined) return undefined;
  const list = new BlockList();
  for (const entry of allowFrom) {
    const [address = '', bits] = entry.split('/', 2);
    const family = familyOf(address);
    if (isIP(address) === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) continue;
    const length = bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits);
    if (length <= (family === 'ipv6' ? 128 : 32)) list.addSubnet(address, length, family);
  }
  return list;
}

import { refuse } from '@berth/contract/errors';
import type { Variables } from '@berth/domain/release';

export interface VariableChange {
  readonly set: Readonly<Record<string, string>>;
  /** Names the scope says nothing of any more. */
  readonly unset: readonly string[];
  /** Names the tasks shall not have, whatever the image, the manifest or a weaker scope says. */
  readonly absent: readonly string[];
  readonly actor: string;
  readonly nowMs: number;
}

/**
 * The kernel takes arguments and environment together up to about 2 MB, one of them up to 128 KiB; four scopes
 * speak for a service.
 */
const valueBytesMax = 100_000;
const totalBytesMax = 384 * 1024;

/** Refuses a name that is in two lists, and values that no process could be started with. */
export function requireRoom(before: Variables, change: VariableChange): void {
  const lists = [Object.keys(change.set), change.unset, change.absent] as const;
  const twice = lists.flat().find((name, index, all) => all.indexOf(name) !== index);
  if (twice !== undefined)
    throw refuse('invalid', `${twice} is named twice: set, unset or absent is meant.`, {
      issues: [{ at: `/set/${twice}`, message: 'is named twice' }],
    });
  for (const [name, value] of Object.entries(change.set)) {
    if (value.includes('\0'))
      throw refuse('invalid', `The value of ${name} has a NUL character, which no environment can hold.`, {
        issues: [{ at: `/set/${name}`, message: 'has a NUL character' }],
      });
    if (Buffer.byteLength(value) > valueBytesMax)
      throw refuse(
        'invalid',
        `The value of ${name} is over ${valueBytesMax} bytes: put it in a file or a volume.`,
        { issues: [{ at: `/set/${name}`, message: 'is too long' }] },
      );
  }
  const after: Record<string, string | null> = { ...before, ...change.set };
  for (const name of [...change.unset, ...change.absent]) delete after[name];
  const total = Object.entries(after).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value ?? '') + 2,
    0,
  );
  if (total > totalBytesMax)
    throw refuse(
      'invalid',
      `The variables would be ${Math.ceil(total / 1024)} KiB together; a scope holds ${totalBytesMax / 1024} KiB.`,
      { issues: [{ at: '/set', message: 'is too much together' }] },
    );
}

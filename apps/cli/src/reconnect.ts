import type { Output } from './output.ts';

/** Says when a stream lost its connection and when it is back: silence would look like nothing happens. */
export function sayReconnect(output: Output): (state: 'lost' | 'back') => void {
  return (state) =>
    output.note(
      output.noteStyle.dim(
        state === 'lost' ? '  connection to control lost; trying again' : '  connected again',
      ),
    );
}

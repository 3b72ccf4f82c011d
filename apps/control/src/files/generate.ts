import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** A random password of letters and digits that are not taken for each other: safe in URLs and shells. */
export const generatePassword = (length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('');

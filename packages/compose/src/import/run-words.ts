import { literal } from './imported.ts';

/**
 * A command line as a shell splits it. Variables stay variables of Compose; what single quotes or a backslash
 * keep from the shell is kept from Compose, too. `$(pwd)` and `$PWD` are the directory of the Compose file.
 */
export function splitShellWords(line: string): string[] {
  const words: string[] = [];
  const text = line
    .replace(/\\\r?\n/g, ' ')
    .replace(/\$\(pwd\)|`pwd`|\$\{PWD\}|\$PWD\b/g, '.')
    .trim();
  let word = '';
  let has = false;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote === "'") {
      if (c === "'") quote = '';
      else word += literal(c);
    } else if (c === '\\' && (quote === '' || /["\\$`]/.test(text[i + 1] ?? ''))) {
      word += literal(text[++i] ?? '');
      has = true;
    } else if (quote === '"') {
      if (c === '"') quote = '';
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      has = true;
    } else if (/\s/.test(c)) {
      if (has) words.push(word);
      word = '';
      has = false;
    } else {
      word += c;
      has = true;
    }
  }
  if (has) words.push(word);
  return words;
}

/** Characters that only a shell gives a meaning to. */
const shellMeaning = /[|&;<>()$`\\"'*?[\]#~{}!\n]/;

/**
 * A command line as the argument array a container runs. Plain words run without a shell, so that signals
 * reach the program itself; anything else is the shell's to read, and a single command there is still
 * replaced by its program (Debian's `sh` does so by itself).
 */
export function commandOf(line: string): readonly string[] {
  const words = line.trim().split(/\s+/);
  const isPlain = !shellMeaning.test(line) && !words[0]!.includes('=');
  return isPlain ? words : ['sh', '-c', line.trim()];
}

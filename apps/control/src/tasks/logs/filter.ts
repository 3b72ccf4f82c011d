import { refuse } from '@berth/contract/errors';

/** Characters that mean more than themselves in a regular expression. */
const special = /[\\^$.|?*+()[\]{}]/;

/**
 * Whether a line is wanted. Patterns are RE2's: matched in time linear in the line, whatever a client writes
 * (https://github.com/google/re2/wiki/Syntax). Refuses with `invalid`.
 */
export async function lineFilter(
  pattern: string | undefined,
): Promise<((text: string) => boolean) | undefined> {
  if (pattern === undefined) return undefined;
  if (!special.test(pattern)) return (text) => text.includes(pattern);
  // Loaded when somebody asks for it: control keeps its memory small.
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw refuse('invalid', `"${pattern}" is no regular expression.`, {
      cause,
      issues: [{ at: 'query.grep', message: cause.message }],
    });
  }
}

const hidden = '[redacted]';
const secretWord = 'secret|password|passwd|token|credential|private|certificate|authorization|apikey|api_key';
/** Keys whose values are secret wherever they stand. */
const secretKey = new RegExp(secretWord, 'i');
/** A Berth token inside any text. */
const tokenText = /berth_([a-z0-9]{1,64})_[A-Za-z0-9_-]{20,}/g;
/** The password in a URL: `postgres://user:password@host`. */
const urlPassword = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,100}):[^\s/@]{1,300}@/gi;
/** `--password=…`, `PGPASSWORD=…` in a command. */
const assignment = new RegExp(
  `(?<![\\w-])([\\w-]{0,60}?(?:${secretWord})[\\w-]{0,60}=)("[^"]*"|'[^']*'|\\S+)`,
  'gi',
);
/** `--password` with its value as the next argument. */
const secretFlag = new RegExp(`^--?[\\w-]*(?:${secretWord})[\\w-]*$`, 'i');
/** Longer texts are cut: the audit log keeps no more. */
const textMax = 4_000;
/** Objects of which every value is secret: variables. */
const secretMaps = new Set(['set']);
/** Content of secrets and config files. */
const contentKeys = new Set(['base64']);

/** Parameters as they may be kept: names stay, secret values go. Pure. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '…';
  if (Array.isArray(value))
    return value
      .slice(0, 100)
      .map((item, index) =>
        typeof item === 'string' && isSecretFlag(value[index - 1]) ? hidden : redact(item, depth + 1),
      );
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactEntry(key, item, depth)]));
}

const redactText = (text: string): string =>
  text
    .slice(0, textMax)
    .replace(tokenText, `berth_$1_${hidden}`)
    .replace(urlPassword, `$1:${hidden}@`)
    .replace(assignment, `$1${hidden}`);

const isSecretFlag = (item: unknown): boolean => typeof item === 'string' && secretFlag.test(item);

function redactEntry(key: string, item: unknown, depth: number): unknown {
  if (secretMaps.has(key) && typeof item === 'object' && item !== null)
    return Object.fromEntries(Object.keys(item).map((name) => [name, hidden]));
  if ((secretKey.test(key) || contentKeys.has(key)) && item !== undefined && typeof item !== 'boolean')
    return hidden;
  return redact(item, depth + 1);
}

const hidden = '[redacted]';
/** Keys whose values are secret wherever they stand. */
const secretKey = /secret|password|passwd|token|credential|private|certificate|authorization|apikey|api_key/i;
/** A Berth token inside any text. */
const tokenText = /berth_([a-z0-9]{1,64})_[A-Za-z0-9_-]{20,}/g;
/** Objects of which every value is secret: variables. */
const secretMaps = new Set(['set']);

/** Parameters as they may be kept: names stay, secret values go. Pure. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.replace(tokenText, `berth_$1_${hidden}`);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactEntry(key, item, depth)]));
}

function redactEntry(key: string, item: unknown, depth: number): unknown {
  if (secretMaps.has(key) && typeof item === 'object' && item !== null)
    return Object.fromEntries(Object.keys(item).map((name) => [name, hidden]));
  if (secretKey.test(key) && item !== undefined && typeof item !== 'boolean') return hidden;
  return redact(item, depth + 1);
}

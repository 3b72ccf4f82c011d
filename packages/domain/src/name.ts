/** DNS label (RFC 1035 §2.3.1): lower-case letters, digits and inner hyphens, starting with a letter. */
const LABEL = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Longest app name: it is a label of host names, and part of other names. */
export const appNameLengthMax = 30;
/** Tasks answer to it: one DNS label. */
export const serviceNameLengthMax = 63;

export type NameFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'too-long'; readonly max: number }
  | { readonly kind: 'not-a-label'; readonly suggestion: string };

/** Why `name` cannot be a DNS label of at most `max` characters; undefined when it can. */
export function findNameFault(name: string, max: number): NameFault | undefined {
  if (name === '') return { kind: 'empty' };
  if (name.length > max) return { kind: 'too-long', max };
  if (!LABEL.test(name)) return { kind: 'not-a-label', suggestion: suggestName(name, max) };
  return undefined;
}

/** The nearest valid label to `text`; `app` when nothing of it can be kept. */
export function suggestName(text: string, max: number = appNameLengthMax): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, max)
    .replace(/-+$/, '');
  return label === '' ? 'app' : label;
}

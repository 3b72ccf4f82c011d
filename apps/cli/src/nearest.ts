import { distance } from 'fastest-levenshtein';

/** The known word that `given` was likely meant to be; undefined when none is near. */
export function findNearest(given: string, known: readonly string[]): string | undefined {
  let best: { word: string; far: number } | undefined;
  for (const word of known) {
    const far = distance(given.toLowerCase(), word.toLowerCase());
    if (best === undefined || far < best.far) best = { word, far };
  }
  if (best === undefined) return undefined;
  // Two letters swapped are two edits.
  const allowed = given.length <= 2 ? 1 : Math.max(2, Math.floor(given.length / 2));
  return best.far <= allowed ? best.word : undefined;
}

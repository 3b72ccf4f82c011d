/**
 * The Compose files of an environment, in the order they are merged. Named ones are taken as they are; of the
 * one that was found, `compose.<environment>.yaml` beside it is merged; without such a file
 * `compose.override.yaml`, as Compose does when nobody names an environment. Undefined: there is none. Pure.
 */
export function manifestsOf(input: {
  named?: readonly string[];
  /** The named ones are what is left of another environment's. */
  isForeign?: boolean;
  found: string | undefined;
  environment: string;
  paths: readonly string[];
}): readonly string[] | undefined {
  const { named, found, environment, paths } = input;
  const isThere = (file: string) => paths.includes(file);
  if (named !== undefined) {
    const overlay = input.isForeign === true ? beside(named[0] ?? '', environment).find(isThere) : undefined;
    return overlay === undefined || named.includes(overlay) ? named : [...named, overlay];
  }
  if (found === undefined) return undefined;
  const other = beside(found, environment).find(isThere) ?? beside(found, 'override').find(isThere);
  return other === undefined ? [found] : [found, other];
}

/** `compose.staging.yaml` for `compose.yaml`, with either ending. */
function beside(file: string, word: string): string[] {
  const stem = /^(.*)\.ya?ml$/.exec(file)?.[1];
  if (stem === undefined) return [];
  const ending = file.slice(stem.length);
  return [ending, ending === '.yaml' ? '.yml' : '.yaml'].map((end) => `${stem}.${word}${end}`);
}

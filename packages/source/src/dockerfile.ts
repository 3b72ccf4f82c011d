/** What can be read from a Dockerfile without building it. */
export interface DockerfileFacts {
  readonly stages: readonly DockerfileStage[];
  /** `EXPOSE` of the stage that is built, without those inherited from its base. */
  readonly ports: readonly number[];
  /** Images the build needs, with arguments filled in: those of stages it never comes to are not among them. */
  readonly bases: readonly string[];
  /** Image of the `# syntax=` line: the program that reads the rest. */
  readonly syntax?: string;
}

export interface DockerfileStage {
  readonly name?: string;
  readonly from: string;
  readonly ports: readonly number[];
  readonly user?: string;
  /** Stages and images that files are taken from: `COPY --from`, `RUN --mount=from=`. */
  readonly uses: readonly string[];
}

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** Reads only what Berth needs; anything it does not understand is the builder's to judge. */
export function parseDockerfile(
  text: string,
  options: { target?: string | undefined; args?: Readonly<Record<string, string>> } = {},
): DockerfileFacts {
  const variables = new Map<string, string>();
  const stages: { name?: string; from: string; ports: number[]; user?: string; uses: string[] }[] = [];
  for (const { word, rest } of listInstructions(text)) {
    const stage = stages.at(-1);
    if (word === 'ARG') {
      const [name = '', ...value] = rest.split('=');
      const given = options.args?.[name.trim()];
      const fallback = value
        .join('=')
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2');
      if (stage === undefined || value.length > 0 || given !== undefined)
        variables.set(name.trim(), given ?? fallback);
    } else if (word === 'FROM') {
      const match = /^(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest);
      if (match?.[1] === undefined) continue;
      const name = match[2]?.toLowerCase();
      stages.push({
        ...(name === undefined ? {} : { name }),
        from: expand(match[1], variables),
        ports: [],
        uses: [],
      });
    } else if (word === 'EXPOSE' && stage !== undefined) {
      for (const item of expand(rest, variables).split(/\s+/)) {
        const port = /^(\d+)(\/tcp)?$/.exec(item)?.[1];
        if (port !== undefined) stage.ports.push(Number(port));
      }
    } else if ((word === 'COPY' || word === 'ADD' || word === 'RUN') && stage !== undefined) {
      for (const match of rest.matchAll(/(?:^|\s)--(?:from=|mount=\S*?\bfrom=)([^\s,]+)/g))
        if (match[1] !== undefined) stage.uses.push(expand(match[1], variables));
    } else if (word === 'USER' && stage !== undefined) stage.user = expand(rest, variables);
  }
  const find = (name: string) => findStage(stages, name);
  const built = options.target === undefined ? stages.at(-1) : find(options.target);
  const syntax = /^#\s*syntax\s*=\s*(\S+)/i.exec(text)?.[1];
  return {
    stages,
    ports: built === undefined ? [] : portsOf(built, stages),
    bases: built === undefined ? [] : listBases(built, find),
    ...(syntax === undefined ? {} : { syntax }),
  };
}

function findStage<T extends DockerfileStage>(stages: readonly T[], name: string): T | undefined {
  return (
    stages.find((stage) => stage.name === name.toLowerCase()) ??
    (/^\d+$/.test(name) ? stages[Number(name)] : undefined)
  );
}

/** Images outside of the file that `built` and the stages it needs are made from, nearest first. */
function listBases(
  built: DockerfileStage,
  find: (name: string) => DockerfileStage | undefined,
): readonly string[] {
  const images = new Set<string>();
  const seen = new Set<DockerfileStage>();
  const visit = (stage: DockerfileStage): void => {
    if (seen.has(stage)) return;
    seen.add(stage);
    for (const name of [stage.from, ...stage.uses]) {
      // A stage may be called like the image it starts from.
      const other = find(name);
      if (other === undefined || other === stage) {
        if (name !== 'scratch' && name !== '') images.add(name);
      } else visit(other);
    }
  };
  visit(built);
  return [...images];
}

/** A stage that starts from another one of the file has that one's ports as well. */
function portsOf(
  stage: DockerfileStage,
  stages: readonly DockerfileStage[],
  seen: readonly string[] = [],
): readonly number[] {
  const parent = stages.find((other) => other.name === stage.from.toLowerCase() && other !== stage);
  const inherited =
    parent === undefined || seen.includes(stage.from) ? [] : portsOf(parent, stages, [...seen, stage.from]);
  return [...new Set([...stage.ports, ...inherited])];
}

function listInstructions(text: string): Instruction[] {
  const continuation = /^#\s*escape\s*=\s*`/im.test(text) ? '`' : '\\';
  const lines: string[] = [];
  let open = '';
  let heredoc: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (heredoc !== undefined) {
      if (line.trim() === heredoc) heredoc = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const trimmed = line.trimEnd();
    if (trimmed.endsWith(continuation)) {
      open += `${trimmed.slice(0, -1)} `;
      continue;
    }
    lines.push(open + trimmed);
    heredoc = /^\s*(?:RUN|COPY|ADD)\b.*<<-?\s*["']?(\w+)["']?/i.exec(open + trimmed)?.[1];
    open = '';
  }
  if (open !== '') lines.push(open);
  return lines.map((line) => {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    return { word: word.toUpperCase(), rest: rest.join(' ') };
  });
}

function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (_all, braced?: string, fallback?: string, plain?: string) =>
      variables.get(braced ?? plain ?? '') ?? fallback ?? '',
  );
}

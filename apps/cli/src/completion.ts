import type { Command } from 'commander';

/** One word sequence and what may follow it. */
interface Branch {
  /** `env set`; empty for the root. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly words: string }[];
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly words: string;
    readonly takesValue: boolean;
  }[];
}

/** The command tree flattened, in the order of the help. */
export function listBranches(command: Command, path = ''): Branch[] {
  const here: Branch = {
    path,
    commands: command.commands.map((child) => ({ name: child.name(), words: child.summary() })),
    options: command.options
      .filter((option) => !option.hidden)
      .map((option) => ({
        flags: [option.short, option.long].filter((flag) => flag !== undefined),
        words: option.description,
        takesValue: option.required || option.optional,
      })),
  };
  const below = command.commands.flatMap((child) =>
    listBranches(child, path === '' ? child.name() : `${path} ${child.name()}`),
  );
  return [here, ...below];
}

export function renderCompletion(shell: 'bash' | 'zsh' | 'fish', program: Command): string {
  const branches = listBranches(program);
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](branches);
}

/** For a single-quoted word of bash and zsh. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Words after each path: its commands and long options. */
const wordsOf = (branch: Branch) => [
  ...branch.commands.map((command) => command.name),
  ...branch.options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--'))),
];

function renderBash(branches: readonly Branch[]): string {
  return `# bash completion for berth; made by \`berth completion bash\`
_berth() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' word i
  if [[ $prev == -a || $prev == --app ]]; then
    COMPREPLY=($(compgen -W "$(berth apps -q 2>/dev/null)" -- "$cur"))
    return
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "\${path:+$path }$word" in
${branches
  .filter((branch) => branch.path !== '')
  .map((branch) => `      ${quote(branch.path)}) path=${quote(branch.path)} ;;`)
  .join('\n')}
    esac
  done
  local words=''
  case "$path" in
${branches.map((branch) => `    ${quote(branch.path)}) words=${quote(wordsOf(branch).join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _berth berth
`;
}

function renderZsh(branches: readonly Branch[]): string {
  const describe = (items: readonly { name: string; words: string }[]) =>
    items.map((item) => quote(`${item.name.replaceAll(':', '\\:')}:${item.words}`)).join(' ');
  return `#compdef berth
# zsh completion for berth; made by \`berth completion zsh\`
_berth() {
  local path_='' word i
  local -a items
  if [[ $words[CURRENT-1] == -a || $words[CURRENT-1] == --app ]]; then
    items=(\${(f)"$(berth apps -q 2>/dev/null)"})
    _describe 'app' items
    return
  fi
  for ((i = 2; i < CURRENT; i++)); do
    word="\${path_:+$path_ }$words[i]"
    case "$word" in
${branches
  .filter((branch) => branch.path !== '')
  .map((branch) => `      ${quote(branch.path)}) path_=${quote(branch.path)} ;;`)
  .join('\n')}
    esac
  done
  case "$path_" in
${branches
  .map((branch) => {
    const options = branch.options.flatMap((option) =>
      option.flags.filter((flag) => flag.startsWith('--')).map((name) => ({ name, words: option.words })),
    );
    return `    ${quote(branch.path)}) items=(${describe([...branch.commands, ...options])}) ;;`;
  })
  .join('\n')}
  esac
  _describe 'berth' items
  _files
}
compdef _berth berth
`;
}

function renderFish(branches: readonly Branch[]): string {
  const lines = [
    '# fish completion for berth; made by `berth completion fish`',
    'function __berth_at',
    '  set -l want $argv',
    '  set -l have (commandline -opc | string match -v -- "-*")',
    '  set -e have[1]',
    '  test (count $have) -ge (count $want); or return 1',
    '  for i in (seq (count $want))',
    '    test "$have[$i]" = "$want[$i]"; or return 1',
    '  end',
    'end',
    'function __berth_root',
    '  set -l have (commandline -opc | string match -v -- "-*")',
    '  test (count $have) -le 1',
    'end',
  ];
  for (const branch of branches) {
    const when = branch.path === '' ? '__berth_root' : `__berth_at ${branch.path}`;
    for (const command of branch.commands)
      lines.push(
        `complete -c berth -f -n ${quoteFish(when)} -a ${command.name} -d ${quoteFish(command.words)}`,
      );
    for (const option of branch.options) {
      const flags = option.flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const isApp = option.flags.includes('--app');
      const value = isApp ? " -x -a '(berth apps -q 2>/dev/null)'" : option.takesValue ? ' -r' : '';
      lines.push(
        `complete -c berth -n ${quoteFish(when)} ${flags.join(' ')}${value} -d ${quoteFish(option.words)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

const quoteFish = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

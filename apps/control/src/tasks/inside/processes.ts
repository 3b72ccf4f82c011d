/** Columns asked of the node's `ps`; the command is last, as it may hold spaces. */
export const psArguments = '-eo pid,user:32,pcpu,rss,etime,args';

export interface Process {
  readonly pid: number;
  readonly user: string;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly elapsed: string;
  readonly command: string;
}

/** Rows as the engine gives them for `psArguments`. Pure. */
export function parseProcesses(rows: readonly (readonly string[])[]): Process[] {
  return rows.map(([pid = '', user = '', cpu = '', rss = '', elapsed = '', ...command]) => ({
    pid: Number(pid) || 0,
    user,
    cpuPercent: Number(cpu) || 0,
    memoryBytes: (Number(rss) || 0) * 1024,
    elapsed,
    command: command.join(' '),
  }));
}

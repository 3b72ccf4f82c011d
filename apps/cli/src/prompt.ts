import { type Cli, Interrupted, UsageError } from './cli.ts';

/** Everything on standard input, as text. */
export async function readAll(cli: Cli): Promise<string> {
  return (await readAllBytes(cli)).toString('utf8');
}

/** Everything on standard input, as it is. */
export async function readAllBytes(cli: Cli): Promise<Buffer> {
  if (cli.stdin.isTTY === true) cli.stderr.write('Reading standard input; end with Ctrl-D.\n');
  const chunks: Buffer[] = [];
  for await (const chunk of interruptible(cli)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** One line typed by a person. */
export async function ask(cli: Cli, question: string, instead: string): Promise<string> {
  return readTyped(cli, question, instead, true);
}

/** As `ask`, but what is typed is not shown. */
export async function askSecret(cli: Cli, question: string, instead: string): Promise<string> {
  return readTyped(cli, question, instead, false);
}

/**
 * Reads a line in raw mode, so that the terminal itself echoes nothing; a secret stays off the screen and out
 * of its scrollback. Ctrl-C and Ctrl-D arrive as bytes and interrupt.
 */
async function readTyped(cli: Cli, question: string, instead: string, isShown: boolean): Promise<string> {
  if (cli.stdin.isTTY !== true || cli.stdin.setRawMode === undefined)
    throw new UsageError(`nobody can be asked for ${question.replace(/[:?]\s*$/, '')} here`, `${instead}.`);
  // Raw before the question: what is typed at once must not be shown either.
  cli.stdin.setRawMode(true);
  cli.stderr.write(question);
  let typed = '';
  try {
    for await (const chunk of interruptible(cli))
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n') return typed;
        if (character === '\x03' || character === '\x04') throw new Interrupted();
        if (character === '\x7f' || character === '\b') {
          if (isShown && typed !== '') cli.stderr.write('\b \b');
          typed = typed.slice(0, -1);
        } else if (character >= ' ') {
          typed += character;
          if (isShown) cli.stderr.write(character);
        }
      }
    return typed;
  } finally {
    cli.stdin.setRawMode(false);
    cli.stderr.write('\n');
  }
}

/** Chunks of standard input until it ends or Ctrl-C. The stream is left paused, not destroyed. */
async function* interruptible(cli: Cli): AsyncGenerator<Buffer, void, undefined> {
  const { stdin, signal } = cli;
  signal.throwIfAborted();
  const queue: Buffer[] = [];
  let isEnded = false;
  let fault: Error | undefined;
  let wake: () => void = () => undefined;
  const onData = (chunk: Buffer | string) => {
    queue.push(Buffer.from(chunk as string));
    wake();
  };
  const onEnd = () => {
    isEnded = true;
    wake();
  };
  const onError = (error: Error) => {
    fault = error;
    wake();
  };
  const onAbort = () => wake();
  stdin.on('data', onData).once('end', onEnd).once('error', onError);
  signal.addEventListener('abort', onAbort);
  stdin.resume();
  try {
    for (;;) {
      signal.throwIfAborted();
      if (fault !== undefined) throw fault;
      const chunk = queue.shift();
      if (chunk !== undefined) yield chunk;
      else if (isEnded) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stdin.off('data', onData).off('end', onEnd).off('error', onError);
    signal.removeEventListener('abort', onAbort);
    stdin.pause();
  }
}

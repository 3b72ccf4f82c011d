/**
 * What `act` gives, or the reason why it gave nothing within `ms`. Does not wait for an `act` that ignores
 * its signal.
 */
export async function within<T>(
  ms: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown }
> {
  const signal = AbortSignal.timeout(ms);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${ms / 1000} s`)), {
      once: true,
    });
  });
  late.catch(() => undefined);
  try {
    return { kind: 'done', value: await Promise.race([act(signal), late]) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

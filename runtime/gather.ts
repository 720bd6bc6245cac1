interface Waiting<I, O> {
  readonly item: I;
  resolve(output: O): void;
  reject(error: unknown): void;
}

/**
 * Turns a batch operation into one for single items: items that arrive while batches are in flight
 * travel together in the next one. No timer delays a lone item. When a batch fails, its items are run
 * one by one, so that only the one that is at fault fails.
 */
export function gather<I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  limits: { readonly inFlight: number; readonly size: number },
): (item: I) => Promise<O> {
  const waiting: Waiting<I, O>[] = [];
  let inFlight = 0;

  async function runBatch(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const outputs = await run(batch.map(({ item }) => item));
      for (const [index, one] of batch.entries()) one.resolve(outputs[index]!);
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const one of batch) await runBatch([one]);
    }
  }

  async function pump(): Promise<void> {
    if (inFlight >= limits.inFlight) return;
    inFlight += 1;
    while (waiting.length > 0) await runBatch(waiting.splice(0, limits.size));
    inFlight -= 1;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      void pump();
    });
}

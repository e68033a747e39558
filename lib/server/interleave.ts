/**
 * Yields what several generators yield, as it comes. When one fails, or nobody reads on, all of them are ended.
 */
export async function* interleave<T>(
  generators: readonly AsyncGenerator<T, void>[],
): AsyncGenerator<T, void> {
  type Arrival = { readonly from: AsyncGenerator<T, void>; readonly result: IteratorResult<T, void> };
  const advance = async (from: AsyncGenerator<T, void>): Promise<Arrival> => ({
    from,
    result: await from.next(),
  });
  const pending = new Map(generators.map((generator) => [generator, advance(generator)]));
  try {
    while (pending.size > 0) {
      const { from, result } = await Promise.race(pending.values());
      if (result.done) pending.delete(from);
      else {
        pending.set(from, advance(from));
        yield result.value;
      }
    }
  } finally {
    // A generator ends once it has what it waits for; its failure then is nobody's news any more.
    for (const waiting of pending.values()) waiting.catch(() => {});
    await Promise.all([...pending.keys()].map((generator) => generator.return()));
  }
}

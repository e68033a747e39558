/**
 * Yields what `each` makes of every value, and returns what the source returns. When `each` fails, or nobody reads on,
 * the source is ended too.
 */
export async function* mapped<T, R, U>(
  source: AsyncGenerator<T, R>,
  each: (value: T) => Iterable<U>,
): AsyncGenerator<U, R> {
  try {
    for (;;) {
      const next = await source.next();
      if (next.done) return next.value;
      yield* each(next.value);
    }
  } finally {
    // After its own end this does nothing.
    await source.return(undefined as R);
  }
}

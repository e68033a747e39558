/**
 * Runs a generator to its end and gives back its return value. A notebook cell can't consist of a lone
 * `for await`; this is the same loop as a call.
 * @example await drain(decode(model, prompt, options), (step) => console.log(step.token))
 */
export async function drain<T, R>(
  generator: AsyncGenerator<T, R>,
  each: (item: T) => void | Promise<void> = () => {},
): Promise<R> {
  try {
    for (;;) {
      const next = await generator.next();
      if (next.done) return next.value;
      await each(next.value);
    }
  } finally {
    // After an error in `each` the generator still gets to clean up; after its own end this does nothing.
    await generator.return(undefined as R);
  }
}

/** Everything that a generator yields, in order. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

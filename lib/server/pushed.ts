/** Yields what `work` pushes, as it comes, and returns what it gives. It can't be ended early but by what `work` hears. */
export async function* pushed<T, R>(work: (push: (item: T) => void) => Promise<R>): AsyncGenerator<T, R> {
  const waiting: T[] = [];
  let wake = () => {};
  let ended = false;
  const push = (item: T) => {
    waiting.push(item);
    wake();
  };
  const result = work(push).finally(() => {
    ended = true;
    wake();
  });
  // It is thrown below, after what came before it.
  result.catch(() => {});
  while (!ended || waiting.length > 0) {
    if (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    yield* waiting.splice(0);
  }
  return result;
}

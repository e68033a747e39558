/** Runs one piece of work at a time: a new one aborts the one before, which then gives undefined. */
export function latest(): <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T | undefined> {
  let current: AbortController | undefined;
  return async (work) => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    try {
      const result = await work(mine.signal);
      return current === mine ? result : undefined;
    } catch (error) {
      if (current !== mine) return undefined;
      throw error;
    }
  };
}

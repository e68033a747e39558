import { onScopeDispose, type Ref, ref } from "vue";

/** One piece of work at a time, as a page shows it. */
export interface Work {
  readonly busy: Readonly<Ref<boolean>>;
  /** What the last piece failed with; undefined where it didn't. */
  readonly failure: Ref<unknown>;
  /** Begins a piece, aborting the one before. Gives undefined where it failed, or another one came in between. */
  run<T>(piece: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
  /** Aborts what runs; that is no failure. */
  stop(): void;
}

/** Work that is stopped when its component goes. */
export function latestWork(): Work {
  const busy = ref(false);
  const failure = ref<unknown>();
  let current: AbortController | undefined;

  function stop() {
    current?.abort();
    current = undefined;
    busy.value = false;
  }

  onScopeDispose(stop, true);
  return {
    busy,
    failure,
    stop,
    async run(piece) {
      current?.abort();
      const mine = new AbortController();
      current = mine;
      [busy.value, failure.value] = [true, undefined];
      try {
        const result = await piece(mine.signal);
        return current === mine ? result : undefined;
      } catch (error) {
        if (current === mine) failure.value = error;
        return undefined;
      } finally {
        if (current === mine) busy.value = false;
      }
    },
  };
}

import { Heap } from "./heap.js";

/** Which pairs of tokens become which token, and in which order. */
export interface MergeTable {
  /** Position of the pair in the list of merges: the lowest goes first. Undefined if the pair is no merge. */
  rank(left: number, right: number): number | undefined;
  merged(rank: number): number;
}

/** @param merges `[left, right, merged]`, the first learned first */
export function mergeTable(
  merges: readonly (readonly [number, number, number])[],
  vocabSize: number,
): MergeTable {
  const ranks = new Map(merges.map(([left, right], rank) => [left * vocabSize + right, rank]));
  return {
    rank: (left, right) => ranks.get(left * vocabSize + right),
    merged: (rank) => merges[rank][2],
  };
}

/**
 * Merges neighbours until no merge is left: always the one that was learned first, of equals the leftmost. Takes time
 * in proportion to n log n for n tokens, so that a word of a million letters is no trap.
 */
export function mergeAll(tokens: readonly number[], table: MergeTable): number[] {
  const symbols = [...tokens];
  const size = symbols.length;
  const next = symbols.map((_, i) => i + 1);
  const previous = symbols.map((_, i) => i - 1);
  const gone = -1;
  // Rank and place in one number: places stay below 2^30, ranks below 2^20.
  const queue = new Heap<number>((a, b) => a < b);
  const offer = (place: number) => {
    if (place < 0 || next[place] >= size) return;
    const rank = table.rank(symbols[place], symbols[next[place]]);
    if (rank !== undefined) queue.push(rank * 2 ** 30 + place);
  };
  for (let place = 0; place + 1 < size; place++) offer(place);
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const place = entry % 2 ** 30;
    const rank = (entry - place) / 2 ** 30;
    const right = next[place];
    // The queue may hold pairs of which one half has been merged away since.
    if (symbols[place] === gone || right >= size || table.rank(symbols[place], symbols[right]) !== rank)
      continue;
    symbols[place] = table.merged(rank);
    symbols[right] = gone;
    next[place] = next[right];
    if (next[place] < size) previous[next[place]] = place;
    offer(previous[place]);
    offer(place);
  }
  return symbols.filter((symbol) => symbol !== gone);
}

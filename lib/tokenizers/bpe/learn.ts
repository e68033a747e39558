import { Heap } from "./heap.js";

/** A piece of text as token ids, and how often it occurs. */
interface Piece {
  symbols: number[];
  readonly count: number;
}

/** Two neighbouring tokens that may become one. */
interface Candidate {
  readonly left: number;
  readonly right: number;
  count: number;
  /** Indices of pieces that hold it, ascending. */
  readonly places: readonly number[];
}

/** The token that two tokens become. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
}

export interface LearnOptions {
  /** Ids below this are taken: special tokens and bytes. */
  readonly firstId: number;
  /** Learning stops at this many ids. */
  readonly vocabSize: number;
  /** Pairs that occur less often are not merged. */
  readonly minFrequency: number;
  /** Id of the token that the two put together are, if there is one already. */
  readonly existing: (left: number, right: number) => number | undefined;
  /** Hears of each new token. */
  readonly onToken: (merge: Merge) => void;
}

/**
 * Learns byte-pair merges (Sennrich et al. 2016): again and again the most frequent pair of neighbours becomes a
 * token. **Of equally frequent pairs the one with the smaller left id wins, then the smaller right id**, as in Hugging
 * Face's `tokenizers`. As there, a pair that turns up anew in further pieces, because its token can be made in two
 * ways, is merged in those pieces first and in the others at its next turn, so that it may be listed twice.
 * @param pieces changed in place
 */
export function learnMerges(pieces: Piece[], options: LearnOptions): Merge[] {
  const counts = new Map<number, number>();
  const queue = new Heap<Candidate>((a, b) => a.count > b.count || (a.count === b.count && isBefore(a, b)));
  for (const candidate of firstCandidates(pieces, counts)) queue.push(candidate);
  const merges: Merge[] = [];
  for (let size = options.firstId; size < options.vocabSize; ) {
    const top = queue.pop();
    if (top === undefined) break;
    const count = counts.get(pairKey(top.left, top.right)) ?? 0;
    if (top.count !== count) {
      queue.push({ ...top, count });
      continue;
    }
    if (count < options.minFrequency) break;
    const merge = { left: top.left, right: top.right, merged: options.existing(top.left, top.right) ?? size };
    if (merge.merged === size) {
      size++;
      options.onToken(merge);
    }
    merges.push(merge);
    for (const candidate of apply(merge, pieces, top.places, counts)) queue.push(candidate);
  }
  return merges;
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.left < b.left || (a.left === b.left && a.right < b.right);
}

/** Ids stay below 2^26, so that a pair is a whole number. */
function pairKey(left: number, right: number): number {
  return left * 0x4000000 + right;
}

function firstCandidates(pieces: readonly Piece[], counts: Map<number, number>): Candidate[] {
  const places = new Places();
  for (const [place, { symbols, count }] of pieces.entries()) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = pairKey(symbols[i], symbols[i + 1]);
      counts.set(key, (counts.get(key) ?? 0) + count);
      places.add(key, place);
    }
  }
  return places.candidates(counts);
}

/** Merges a pair wherever it stands in these pieces, and returns the pairs that came to be. */
function apply(
  { left, right, merged }: Merge,
  pieces: readonly Piece[],
  where: readonly number[],
  counts: Map<number, number>,
): Candidate[] {
  const fresh = new Places();
  for (const place of where) {
    const piece = pieces[place];
    const change = (a: number, b: number, by: number) => {
      const key = pairKey(a, b);
      counts.set(key, (counts.get(key) ?? 0) + by * piece.count);
      if (by > 0) fresh.add(key, place);
    };
    piece.symbols = mergedSymbols(piece.symbols, left, right, merged, change);
  }
  return fresh.candidates(counts);
}

function mergedSymbols(
  symbols: readonly number[],
  left: number,
  right: number,
  merged: number,
  change: (a: number, b: number, by: number) => void,
): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] !== left || symbols[i + 1] !== right) {
      result.push(symbols[i]);
      continue;
    }
    if (result.length > 0) {
      const before = result[result.length - 1];
      change(before, left, -1);
      change(before, merged, 1);
    }
    if (i + 2 < symbols.length) {
      change(right, symbols[i + 2], -1);
      change(merged, symbols[i + 2], 1);
    }
    result.push(merged);
    i++;
  }
  return result;
}

/** In which pieces each pair stands. Pieces come in order, so that a repeated one is the last of its list. */
class Places {
  readonly #places = new Map<number, number[]>();

  add(key: number, place: number): void {
    const list = this.#places.get(key);
    if (list === undefined) this.#places.set(key, [place]);
    else if (list[list.length - 1] !== place) list.push(place);
  }

  candidates(counts: ReadonlyMap<number, number>): Candidate[] {
    const found: Candidate[] = [];
    for (const [key, places] of this.#places) {
      const count = counts.get(key) ?? 0;
      const right = key % 0x4000000;
      if (count > 0) found.push({ left: (key - right) / 0x4000000, right, count, places });
    }
    return found;
  }
}

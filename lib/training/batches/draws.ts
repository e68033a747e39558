import { OptionError } from "../../core/errors.js";
import { type Random, seededRandom } from "../../core/random.js";

/**
 * A source of randomness for one place of a run, such as a batch of an epoch: the same for the same seed and place,
 * without drawing all that came before. Places are folded into the seed by FNV-1a (Fowler, Noll, Vo) on 32-bit words.
 */
export function randomAt(seed: number, ...place: readonly number[]): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OptionError("seed", seed, "a whole number from 0 to 2^53 - 1");
  }
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (const number of [seed, ...place]) {
    for (const word of [number >>> 0, Math.floor(number / 2 ** 32)]) {
      low = Math.imul(low ^ word, 0x01000193);
      high = Math.imul(high ^ (low >>> 15) ^ word, 0x85ebca6b);
    }
  }
  return seededRandom((high >>> 11) * 2 ** 32 + (low >>> 0));
}

/** The numbers from 0 to `count` - 1 in an order drawn evenly from all (Fisher and Yates; Durstenfeld 1964). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = wholeBelow(i + 1, random);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** A whole number from 0 to `limit` - 1. */
export function wholeBelow(limit: number, random: Random): number {
  return Math.floor(random.next() * limit);
}

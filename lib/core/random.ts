import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { OptionError } from "./errors.js";

/** A source of randomness, passed in wherever chance decides. */
export interface Random {
  /** The next number, uniform in [0, 1). */
  next(): number;
}

/**
 * A random source that gives the same numbers for the same seed and stream, on every machine (xoroshiro128+,
 * Blackman and Vigna 2018). Streams of one seed lie 2^64 draws apart and never meet.
 * @param seed a whole number from 0 to 2^53 - 1
 * @param stream a whole number from 0: one for each sequence, or for each purpose, drawn from the same seed
 * @throws OptionError for a seed or stream that is not such a number
 */
export function seededRandom(seed: number, stream = 0): Random {
  const rule = "a whole number from 0 to 2^53 - 1";
  if (!Number.isSafeInteger(seed) || seed < 0) throw new OptionError("seed", seed, rule);
  if (!Number.isSafeInteger(stream) || stream < 0) throw new OptionError("stream", stream, rule);
  const generator = xoroshiro128plusFromState(initialState(seed));
  for (let i = 0; i < stream; i++) generator.jump();
  return { next: () => uniformFloat64(generator) };
}

/**
 * Spreads the seed over the generator's 128 bits. Without it neighbouring seeds begin with nearly equal draws,
 * and the first draw is the same for all of them.
 */
function initialState(seed: number): number[] {
  const low = mix(seed >>> 0);
  const high = mix(Math.floor(seed / 2 ** 32) ^ 0x9e3779b9);
  return [low, high, mix(low ^ (high << 1) ^ 0x85ebca6b), mix(high ^ (low << 1) ^ 0xc2b2ae35) | 1];
}

/** MurmurHash3's 32-bit finaliser (Appleby): one-to-one, and each input bit changes about half of the output's. */
function mix(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

import { torchPermutation } from "../../core/mersenne.js";
import type { Tokens } from "../../core/types.js";

/** Which tokens a watermark favours. The detector must use the same values as the text was written with. */
export interface WatermarkOptions {
  /** The share of the vocabulary that is favoured at each step, between 0 and 1. Default 0.25. */
  readonly greenlistRatio?: number;
  /** Added to the scores of the favoured tokens. Default 2. */
  readonly bias?: number;
  /** The secret. Default 15485863, which everybody knows. */
  readonly hashingKey?: number;
  /** "lefthash" derives the list from the last token, "selfhash" from the new token too. Default "lefthash". */
  readonly seedingScheme?: "lefthash" | "selfhash";
  /** How many tokens "selfhash" reads, the new one included. Default 1. */
  readonly contextWidth?: number;
}

/** Finds the favoured ("green") tokens. */
export interface Greenlist {
  /**
   * @param context the tokens before the new one; for "selfhash" the new one too
   */
  green(context: Tokens): Int32Array;
}

const tableSize = 1_000_003;
const modulus = 2n ** 64n - 1n;

/** The lists of Hugging Face's WatermarkLogitsProcessor on the CPU (Kirchenbauer et al. 2023), id by id. */
export function greenlist(options: Required<WatermarkOptions>, vocabSize: number): Greenlist {
  const { greenlistRatio, hashingKey, seedingScheme, contextWidth } = options;
  const size = Math.floor(vocabSize * greenlistRatio);
  const key = BigInt(hashingKey);
  const table = seedingScheme === "selfhash" ? torchPermutation(tableSize, seedOf(key)) : new Int32Array();
  const hash = (token: number) => BigInt(table[token % tableSize] + 1);

  /** The least product of key and two table entries, with the overflow of 64-bit integers that the reference has. */
  function selfHash(context: Tokens): bigint {
    const last = hash(context[context.length - 1]);
    const products = context.slice(-contextWidth).map((token) => BigInt.asIntN(64, key * hash(token) * last));
    return products.sort((a, b) => (a < b ? -1 : 1))[0];
  }
  const leftHash = (context: Tokens) => key * BigInt(context[context.length - 1]);
  const mix = seedingScheme === "selfhash" ? selfHash : leftHash;
  return { green: (context) => torchPermutation(vocabSize, seedOf(mix(context)), size) };
}

/** The 32 bits that PyTorch's generator takes from a seed. */
function seedOf(hash: bigint): number {
  return Number(BigInt.asUintN(32, ((hash % modulus) + modulus) % modulus));
}

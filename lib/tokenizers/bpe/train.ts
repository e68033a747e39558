import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { END_OF_TEXT, wellFormed } from "../special.js";
import { byteLevelString } from "../tokenBytes.js";
import type { TrainedTokenizer } from "../trained.js";
import { bpeTokenizer } from "./bpeTokenizer.js";
import { learnMerges } from "./learn.js";
import { piecesOf } from "./pieces.js";

export interface BpeOptions {
  /** Most tokens: special ones, 256 bytes and what is learned. From 257. Default 1,024. */
  readonly vocabSize?: number;
  /** Pairs that occur less often are not merged. Default 2: a pair that occurs once teaches nothing. */
  readonly minFrequency?: number;
}

const names: OptionNames<BpeOptions> = { vocabSize: true, minFrequency: true };

/**
 * Trains a byte-level BPE tokenizer (Sennrich et al. 2016 on bytes, as in GPT-2): `<|endoftext|>` is token 0, the 256
 * bytes follow in the order of GPT-2's byte alphabet, then what was learned. The same merges as Hugging Face's
 * `BpeTrainer` with its `ByteLevel` alphabet; `learnMerges` states how ties are broken. Any text is rebuilt exactly.
 *
 *     const tokenizer = await trainBpeTokenizer(texts, { vocabSize: 1024 });
 *
 * @throws OptionError for options out of range
 */
export async function trainBpeTokenizer(
  texts: Iterable<string> | AsyncIterable<string>,
  options: BpeOptions = {},
): Promise<TrainedTokenizer> {
  assertKnownOptions(options, names);
  const { vocabSize = 1024, minFrequency = 2 } = options;
  if (!(Number.isInteger(vocabSize) && vocabSize >= 257 && vocabSize < 2 ** 20)) {
    const rule = "a whole number from 257 (256 bytes and the end of text) to 1,048,575";
    throw new OptionError("vocabSize", vocabSize, rule);
  }
  if (!(Number.isInteger(minFrequency) && minFrequency >= 1)) {
    throw new OptionError("minFrequency", minFrequency, "a whole number from 1");
  }
  const strings = [END_OF_TEXT, ...byteAlphabet()];
  const ids = new Map(strings.map((text, id) => [text, id]));
  const joined = (left: number, right: number) => strings[left] + strings[right];
  const merges = learnMerges(await countPieces(texts, ids), {
    firstId: strings.length,
    vocabSize,
    minFrequency,
    existing: (left, right) => ids.get(joined(left, right)),
    onToken: ({ left, right, merged }) => {
      strings[merged] = joined(left, right);
      ids.set(strings[merged], merged);
    },
  });
  return bpeTokenizer({
    tokens: strings,
    merges: lastOfEach(merges.map(({ left, right }) => [strings[left], strings[right]])),
    special: [END_OF_TEXT],
    end: [END_OF_TEXT],
  });
}

/** The bytes as byte-level vocabularies write them, in the order of the characters that stand for them. */
function byteAlphabet(): string[] {
  return Array.from({ length: 256 }, (_, byte) => byteLevelString([byte])).sort();
}

/** How often each piece occurs, as the ids of its bytes. */
async function countPieces(
  texts: Iterable<string> | AsyncIterable<string>,
  ids: ReadonlyMap<string, number>,
): Promise<{ symbols: number[]; count: number }[]> {
  const counts = new Map<string, number>();
  for await (const text of texts) {
    for (const [piece] of piecesOf(wellFormed(text))) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  const encoder = new TextEncoder();
  return Array.from(counts, ([piece, count]) => {
    const symbols = [...byteLevelString(encoder.encode(piece))].map((byte) => ids.get(byte) as number);
    return { symbols, count };
  });
}

/** A merge that was learned twice counts where it was learned last. */
function lastOfEach(merges: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const last = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
  return merges.filter(([left, right], rank) => last.get(`${left} ${right}`) === rank);
}

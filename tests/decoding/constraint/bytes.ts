import { seededRandom } from "../../../lib/core/random.js";
import type { HiddenStates, LanguageModel, Logits, Tokenizer, Tokens } from "../../../lib/core/types.js";

/** Tokens 0 to 255 are bytes, cut out of the middle of characters as often as not; then a few longer ones. */
const LONGER = ["日本", "true", "hedgehog", '": "', "😀"].map((text) => new TextEncoder().encode(text));
/** Half an emoji, and the end of one character with the beginning of the next. */
const SPLIT = [Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x98, 0x80), Uint8Array.of(0xa5, 0xe6)];
const pieces = [...LONGER, ...SPLIT];

export const END = 256 + pieces.length;

/** A tokenizer of bytes with an end token; its text, `<end>`, could be spelled with bytes too. */
export const byteTokenizer: Tokenizer = {
  vocabSize: END + 1,
  endTokens: [END],
  encode: (text) => [...new TextEncoder().encode(text)],
  decode: (tokens) =>
    new TextDecoder().decode(Uint8Array.from(tokens.flatMap((token) => [...bytesOf(token)]))),
  tokenBytes: bytesOf,
  isSpecial: (token) => token === END,
};

function bytesOf(token: number): Uint8Array {
  if (token < 256) return Uint8Array.of(token);
  return pieces[token - 256] ?? new TextEncoder().encode("<end>");
}

/** A model with hidden states whose scores follow from the prefix. */
export function modelOf(scores: (prefix: Tokens) => Logits): LanguageModel & HiddenStates {
  const nextLogits = async (prefixes: readonly Tokens[]) => prefixes.map(scores);
  return {
    vocabSize: END + 1,
    contextLength: 4096,
    nextLogits,
    nextStates: async (prefixes) =>
      prefixes.map((prefix) => ({ logits: scores(prefix), hidden: scores(prefix).slice(0, 8) })),
    allLogits: (tokens) => nextLogits(tokens.map((_, at) => tokens.slice(0, at + 1))),
    dispose: async () => {},
  };
}

/** Scores between 0 and 1 for everything, other ones for every seed and prefix, with some tokens favoured. */
export function noisyModel(seed: number, favoured: string, by: number): LanguageModel & HiddenStates {
  const favourites = [...new TextEncoder().encode(favoured), END];
  return modelOf((prefix) => {
    const hash = prefix.reduce((sum, token) => (sum * 31 + token + 1) % 2 ** 31, seed);
    const random = seededRandom(hash);
    const scores = Float32Array.from({ length: END + 1 }, () => random.next());
    for (const token of favourites) scores[token] = (scores[token] as number) + by;
    return scores;
  });
}

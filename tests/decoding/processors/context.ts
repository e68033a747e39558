import { seededRandom } from "../../../lib/core/random.js";
import type { Tokenizer } from "../../../lib/core/types.js";
import type { ProcessorContext } from "../../../lib/decoding/index.js";

export const ruledOut = Number.NEGATIVE_INFINITY;

/** Scores whose softmax gives these probabilities. */
export const scores = (probabilities: readonly number[]) => Float32Array.from(probabilities, Math.log);

/** The tokens that a processor leaves. */
export const kept = (row: Float32Array) => [...row.keys()].filter((token) => row[token] !== ruledOut);

/** A context with a small vocabulary and no tokenizer; the given fields replace its own. */
export function contextWith(fields: Partial<ProcessorContext> = {}): ProcessorContext {
  return {
    vocabSize: 40,
    prompt: [0],
    maxNewTokens: 10,
    endTokens: [],
    random: seededRandom(0),
    ...fields,
  };
}

/** A tokenizer of these texts; it takes the longest that fits. */
export function textTokenizer(texts: readonly string[]): Tokenizer {
  const byLength = [...texts.keys()].sort((a, b) => texts[b].length - texts[a].length);
  return {
    vocabSize: texts.length,
    endTokens: [],
    encode(text) {
      const tokens: number[] = [];
      for (let at = 0; at < text.length; ) {
        const token = byLength.find((id) => text.startsWith(texts[id], at));
        if (token === undefined) throw new Error(`no token for ${text.slice(at)}`);
        tokens.push(token);
        at += texts[token].length;
      }
      return tokens;
    },
    decode: (tokens) => tokens.map((token) => texts[token]).join(""),
    tokenBytes: (token) => new TextEncoder().encode(texts[token]),
    isSpecial: () => false,
  };
}

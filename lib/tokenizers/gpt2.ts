import { PromptError } from "../core/errors.js";
import type { Tokenizer } from "../core/types.js";
import { decodeBytes } from "./bytes.js";

const endOfText = "<|endoftext|>";

/**
 * GPT-2's byte-level BPE tokenizer (Radford et al. 2019), offline: 50,256 tokens and `<|endoftext|>`. Any text is
 * rebuilt exactly; lone surrogates, which no UTF-8 can hold, become U+FFFD. Its tables are loaded when it is opened,
 * in about 0.1 s. A single word of many thousand letters takes quadratic time.
 */
export async function gpt2Tokenizer(): Promise<Tokenizer> {
  const [{ encode }, { default: ranks }] = await Promise.all([
    import("gpt-tokenizer/encoding/r50k_base"),
    import("gpt-tokenizer/bpeRanks/r50k_base"),
  ]);
  const endToken = ranks.length;
  const encoder = new TextEncoder();

  function tokenBytes(token: number): Uint8Array {
    if (token === endToken) return encoder.encode(endOfText);
    const entry = ranks[token];
    if (entry === undefined) throw new PromptError(`token ${token} is not one of GPT-2's ${endToken + 1}`);
    return typeof entry === "string" ? encoder.encode(entry) : Uint8Array.from(entry);
  }

  return {
    vocabSize: endToken + 1,
    endTokens: [endToken],
    // The package itself finds special tokens only at the start of a text, so the text is cut at them here.
    encode: (text) =>
      text
        .split(endOfText)
        .flatMap((part, index) => (index === 0 ? encode(part) : [endToken, ...encode(part)])),
    decode: (tokens) => decodeBytes(tokens, tokenBytes),
    tokenBytes,
    isSpecial: (token) => token === endToken,
  };
}

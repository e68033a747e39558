import type { Tokenizer } from "../core/types.js";

/** Ends a text in every tokenizer that is trained here, as in GPT-2's. */
export const END_OF_TEXT = "<|endoftext|>";

/** Encodes text that holds no special token. */
type Encode = (text: string) => readonly number[];

/**
 * Wraps an encoder so that special tokens written in the text are recognised: of those that begin at one place the
 * longest. Lone surrogates, which no UTF-8 can hold, become U+FFFD first.
 * @param ids id of each special token
 */
export function withSpecialTokens(ids: ReadonlyMap<string, number>, encode: Encode): Tokenizer["encode"] {
  const pattern = anyOf([...ids.keys()]);
  return (text) => {
    const readable = wellFormed(text);
    const tokens: number[] = [];
    let from = 0;
    const append = (part: string) => {
      // Pushed one by one: spread arguments overflow the stack at some hundred thousand tokens.
      if (part !== "") for (const token of encode(part)) tokens.push(token);
    };
    for (const { 0: special, index } of readable.matchAll(pattern)) {
      append(readable.slice(from, index));
      tokens.push(ids.get(special) as number);
      from = index + special.length;
    }
    append(readable.slice(from));
    return tokens;
  };
}

/** Finds every one of these texts; of those that begin at one place the longest. */
export function anyOf(texts: readonly string[]): RegExp {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escaped).join("|") || "(?!)", "gu");
}

/** Text in which lone surrogates are U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

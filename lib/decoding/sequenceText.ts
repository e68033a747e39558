import type { Tokenizer, Tokens } from "../core/types.js";
import type { Sequence } from "./step.js";
import { cutAtStop } from "./stopStrings.js";

/** A finished sequence with the text of its generated tokens, without the end token, up to a stop string. */
export function withText<SomeSequence extends Sequence>(
  sequence: SomeSequence,
  tokenizer: Tokenizer,
  stopStrings: readonly string[] = [],
): SomeSequence & { readonly text: string } {
  const text = tokenizer.decode(withoutEnd(sequence.tokens, tokenizer.endTokens));
  return { ...sequence, text: cutAtStop(text, stopStrings) };
}

/** Generated tokens without the end token, if they have one. */
export function withoutEnd(tokens: Tokens, endTokens: readonly number[]): Tokens {
  return endTokens.includes(tokens[tokens.length - 1]) ? tokens.slice(0, -1) : tokens;
}

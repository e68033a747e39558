import type { Tokenizer } from "../core/types.js";

/** Turns tokens into text as they come. */
export interface TextStream {
  /** The text that this token completes; empty while a character is still cut in the middle. */
  push(token: number): string;
  /** What is left at the end: U+FFFD for a character that was never completed, else empty. */
  flush(): string;
}

/**
 * Decodes a stream of tokens without ever showing half a character: bytes that don't complete one yet are held
 * back until they do. The pieces put together are the text of all tokens.
 */
export function textStream(tokenizer: Pick<Tokenizer, "tokenBytes">): TextStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (token) => decoder.decode(tokenizer.tokenBytes(token), { stream: true }),
    flush: () => decoder.decode(),
  };
}

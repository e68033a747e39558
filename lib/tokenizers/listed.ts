import { PromptError } from "../core/errors.js";
import type { Tokenizer } from "../core/types.js";
import { decodeBytes } from "./bytes.js";
import { END_OF_TEXT } from "./special.js";

/** Everything of a tokenizer but the way it cuts text. */
export type TokenReader = Omit<Tokenizer, "encode">;

/**
 * The tokens of a trained tokenizer that lists texts: the end of a text (0), what stands for unknown ones (1), the texts.
 */
export function tokenList(unknown: string, texts: readonly string[]) {
  const tokens = [END_OF_TEXT, unknown, ...texts];
  const special: ReadonlyMap<string, number> = new Map([
    [END_OF_TEXT, 0],
    [unknown, 1],
  ]);
  const encoder = new TextEncoder();
  const bytes = tokens.map((token) => encoder.encode(token));
  return { tokens, special, reader: tokenReader(bytes, special.values(), [0]) };
}

/**
 * Reads tokens whose bytes are listed.
 * @param bytes of each token, by id
 * @param special ids of control tokens
 */
export function tokenReader(
  bytes: readonly Uint8Array[],
  special: Iterable<number>,
  endTokens: readonly number[],
): TokenReader {
  const specialTokens = new Set(special);
  const tokenBytes = (token: number) => {
    const found = bytes[token];
    if (found === undefined) throw new PromptError(`token ${token} is not one of the ${bytes.length} tokens`);
    return found;
  };
  return {
    vocabSize: bytes.length,
    endTokens,
    decode: (tokens) => decodeBytes(tokens, tokenBytes),
    // A copy, so that no caller can change the vocabulary.
    tokenBytes: (token) => tokenBytes(token).slice(),
    isSpecial: (token) => specialTokens.has(token),
  };
}

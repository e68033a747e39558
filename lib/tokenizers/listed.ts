import { PromptError } from "../core/errors.js";
import type { Tokenizer } from "../core/types.js";
import { decodeBytes } from "./bytes.js";

/** Everything of a tokenizer but the way it cuts text. */
export type TokenReader = Omit<Tokenizer, "encode">;

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

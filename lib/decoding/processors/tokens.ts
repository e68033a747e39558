import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import type { ProcessorContext } from "./types.js";

/** One token, by its id or its text. */
export type TokenName = number | string;

/** One or more tokens in a row, by their ids or as the text that the tokenizer makes them from. */
export type TokenSequence = readonly number[] | string;

/** What is needed to read tokens that a user wrote down. */
export type Vocabulary = Pick<ProcessorContext, "vocabSize" | "tokenizer">;

const tokenRule = { error: "a token id or the text of one token" };
const sequenceRule = { error: "a text or a list of token ids, not empty" };

const id = z.int().min(0);

export const tokenField = z.union([id, z.string().min(1)], tokenRule);
export const sequenceField = z.union([z.array(id).min(1), z.string().min(1)], sequenceRule);

/**
 * The id of a token.
 * @throws OptionError for an id outside the vocabulary, a text of several tokens, or a text without a tokenizer
 */
export function readToken(token: TokenName, place: string, vocabulary: Vocabulary): number {
  const ids = readSequence(typeof token === "number" ? [token] : token, place, vocabulary);
  if (ids.length !== 1) {
    throw new OptionError(place, token, `the text of one token (this is ${ids.length}: ${ids.join(", ")})`);
  }
  return ids[0];
}

/**
 * The ids of a sequence. A text is tokenized exactly as it stands, without a space put before it.
 * @throws OptionError for an id outside the vocabulary, or a text without a tokenizer
 */
export function readSequence(sequence: TokenSequence, place: string, vocabulary: Vocabulary): number[] {
  const { vocabSize, tokenizer } = vocabulary;
  if (typeof sequence === "string" && tokenizer === undefined) {
    throw new OptionError(place, sequence, "token ids where a model is decoded without its tokenizer");
  }
  const ids = typeof sequence === "string" ? (tokenizer?.encode(sequence) ?? []) : [...sequence];
  const stranger = ids.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabSize);
  if (stranger !== undefined || ids.length === 0) {
    throw new OptionError(place, sequence, `made of tokens of the vocabulary, ids 0 to ${vocabSize - 1}`);
  }
  return ids;
}

import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import type { Tokenizer } from "../../core/types.js";
import type { ProcessorContext } from "./types.js";

/** One token, by its id or its text. */
export type TokenName = number | string;

/** One or more tokens in a row, by their ids or as the text that the tokenizer makes them from. */
export type TokenSequence = readonly number[] | string;

/** What is needed to read tokens that a user wrote down. */
export type Vocabulary = Pick<ProcessorContext, "vocabSize" | "tokenizer">;

const tokenRule = { error: "a token id or the text of one token" };
const sequenceRule = { error: "a text or a list of token ids, not empty" };

/** The rule stands at every level, because a union passes on the complaint of the member that came nearest. */
function idOrText<Ids extends z.ZodType>(ids: Ids, rule: { error: string }) {
  return z.union([ids, z.string(rule).min(1, rule)], rule);
}

const id = (rule: { error: string }) => z.int(rule).min(0, rule);

export const tokenField = idOrText(id(tokenRule), tokenRule);
export const sequenceField = idOrText(
  z.array(id(sequenceRule), sequenceRule).min(1, sequenceRule),
  sequenceRule,
);

/**
 * The id of a token.
 * @throws OptionError for an id outside the vocabulary, a text of several tokens, or a text without a tokenizer
 */
export function readToken(token: TokenName, place: string, vocabulary: Vocabulary): number {
  if (typeof token === "number") {
    if (!isToken(token, vocabulary)) throw new OptionError(place, token, `an id ${range(vocabulary)}`);
    return token;
  }
  const ids = readSequence(token, place, vocabulary);
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
  const ids =
    typeof sequence === "string" ? tokenizerFor(sequence, place, vocabulary).encode(sequence) : sequence;
  if (ids.length === 0 || !ids.every((token) => isToken(token, vocabulary))) {
    throw new OptionError(place, sequence, `made of ids ${range(vocabulary)}`);
  }
  return [...ids];
}

function isToken(token: number, { vocabSize }: Vocabulary): boolean {
  return Number.isInteger(token) && token >= 0 && token < vocabSize;
}

function range({ vocabSize }: Vocabulary): string {
  return `from 0 to ${vocabSize - 1}, the model's vocabulary`;
}

/**
 * What reads a text.
 * @throws OptionError if there is no tokenizer
 */
export function tokenizerFor(text: string, place: string, { tokenizer }: Vocabulary): Tokenizer {
  if (tokenizer !== undefined) return tokenizer;
  throw new OptionError(place, text, "given as token ids where a model is decoded without its tokenizer");
}

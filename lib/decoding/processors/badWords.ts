import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { banning } from "./filter.js";
import { wouldComplete } from "./ngrams.js";
import { readSequence, sequenceField, type TokenSequence } from "./tokens.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface BadWordsConfig {
  readonly type: "badWords";
  readonly words: readonly TokenSequence[];
}

const rule = { error: "a list of at least one word, each a text or a list of token ids" };

const schema = closedObject({
  type: z.literal("badWords"),
  words: z
    .array(sequenceField, rule)
    .min(1, rule)
    .describe('Words that may not be written, as text or token ids; list "word" and " word".'),
}).describe("Rules out words.");

/**
 * Rules out the last token of each word where the rest of it has just been written; a word of one token always. End
 * tokens on their own are left alone. As Hugging Face's NoBadWordsLogitsProcessor. A text is tokenized exactly as it
 * stands, and most tokenizers have a different token for a word after a space, so list `"word"` and `" word"`; and a
 * model can still spell a word with other tokens, which no list of sequences can rule out.
 * @throws OptionError for an empty list or word, a token outside the vocabulary, or text without a tokenizer
 */
export function badWords(
  words: readonly TokenSequence[],
  context: Pick<ProcessorContext, "vocabSize" | "tokenizer" | "endTokens">,
): LogitsProcessor {
  validate(schema, { type: "badWords", words }, "badWords");
  const runs = words
    .map((word, index) => readSequence(word, `badWords.words[${index}]`, context))
    .filter((run) => run.length > 1 || !context.endTokens.includes(run[0]));
  return banning("badWords", (tokens) =>
    runs.filter((run) => wouldComplete(run, tokens)).map((run) => run[run.length - 1]),
  );
}

export const badWordsProcessor: ProcessorDefinition<BadWordsConfig> = {
  type: "badWords",
  schema,
  create: ({ words }, context) => badWords(words, context),
};

import { z } from "zod";
import { closedObject, countField, validate } from "../schema.js";
import { banning } from "./filter.js";
import { completions } from "./ngrams.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface NoRepeatNgramConfig {
  readonly type: "noRepeatNgram";
  readonly size: number;
}

const schema = closedObject({
  type: z.literal("noRepeatNgram"),
  size: countField(1).describe("How many tokens in a row may not occur twice."),
}).describe("Rules out tokens that would repeat a run of tokens.");

/**
 * Rules out every token that would complete a run of `size` tokens which is there already, prompt included (Paulus et
 * al. 2017; Hugging Face's NoRepeatNGramLogitsProcessor). A size of 1 allows each token once.
 * @throws OptionError unless `size` is a whole number from 1
 */
export function noRepeatNgram(size: number): LogitsProcessor {
  validate(schema, { type: "noRepeatNgram", size }, "noRepeatNgram");
  return banning("noRepeatNgram", (tokens) => completions(tokens, tokens, size));
}

export const noRepeatNgramProcessor: ProcessorDefinition<NoRepeatNgramConfig> = {
  type: "noRepeatNgram",
  schema,
  create: ({ size }) => noRepeatNgram(size),
};

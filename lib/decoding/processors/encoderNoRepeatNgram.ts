import { z } from "zod";
import { closedObject, countField, validate } from "../schema.js";
import { banning } from "./filter.js";
import { completions } from "./ngrams.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface EncoderNoRepeatNgramConfig {
  readonly type: "encoderNoRepeatNgram";
  readonly size: number;
}

const schema = closedObject({
  type: z.literal("encoderNoRepeatNgram"),
  size: countField(1).describe("How many tokens in a row may not be copied from the prompt."),
}).describe("Rules out tokens that would copy a run of tokens from the prompt.");

/**
 * Rules out every token that would complete a run of `size` tokens which stands in the prompt. The runs that only the
 * generated text has may repeat. As Hugging Face's EncoderNoRepeatNGramLogitsProcessor, whose `generate` takes the
 * prompt for the encoder's input where a model has no encoder.
 * @throws OptionError unless `size` is a whole number from 1
 */
export function encoderNoRepeatNgram(
  size: number,
  context: Pick<ProcessorContext, "prompt">,
): LogitsProcessor {
  validate(schema, { type: "encoderNoRepeatNgram", size }, "encoderNoRepeatNgram");
  return banning("encoderNoRepeatNgram", (tokens) => completions(context.prompt, tokens, size));
}

export const encoderNoRepeatNgramProcessor: ProcessorDefinition<EncoderNoRepeatNgramConfig> = {
  type: "encoderNoRepeatNgram",
  schema,
  create: ({ size }, context) => encoderNoRepeatNgram(size, context),
};

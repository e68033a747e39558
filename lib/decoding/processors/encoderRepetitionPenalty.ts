import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { rewriting } from "./stage.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface EncoderRepetitionPenaltyConfig {
  readonly type: "encoderRepetitionPenalty";
  readonly penalty: number;
}

const schema = closedObject({
  type: z.literal("encoderRepetitionPenalty"),
  penalty: numberField("a number above 0", { above: 0 }).describe(
    "Above 1 makes the prompt's tokens likelier, below 1 less likely.",
  ),
}).describe("Draws the text towards the tokens of the prompt.");

/**
 * Raises the score of every token of the prompt: multiplies a score of 0 or more by `penalty`, divides a negative one;
 * the reverse of `repetitionPenalty`, against invention. As Hugging Face's EncoderRepetitionPenaltyLogitsProcessor,
 * whose `generate` takes the prompt for the encoder's input where a model has no encoder.
 * @throws OptionError unless `penalty` is above 0
 */
export function encoderRepetitionPenalty(
  penalty: number,
  context: Pick<ProcessorContext, "prompt">,
): LogitsProcessor {
  validate(schema, { type: "encoderRepetitionPenalty", penalty }, "encoderRepetitionPenalty");
  return rewriting("encoderRepetitionPenalty", (out, logits) => {
    out.set(logits);
    for (const token of context.prompt) {
      const score = logits[token];
      out[token] = score < 0 ? score / penalty : score * penalty;
    }
  });
}

export const encoderRepetitionPenaltyProcessor: ProcessorDefinition<EncoderRepetitionPenaltyConfig> = {
  type: "encoderRepetitionPenalty",
  schema,
  create: ({ penalty }, context) => encoderRepetitionPenalty(penalty, context),
};

import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { closedObject, countField, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { rewriting } from "./stage.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface ExponentialDecayLengthOptions {
  /** How many tokens are generated before it begins, a whole number from 0. */
  readonly start: number;
  /** Above 1 draws the text to an end, below 1 keeps it going. */
  readonly factor: number;
}

export interface ExponentialDecayLengthConfig extends ExponentialDecayLengthOptions {
  readonly type: "exponentialDecayLength";
}

const schema = closedObject({
  type: z.literal("exponentialDecayLength"),
  start: countField(0).describe("How many tokens are generated before it begins."),
  factor: numberField("a number above 0", { above: 0 }).describe(
    "Above 1 draws the text to an end, below 1 keeps it going.",
  ),
}).describe("Makes the end likelier with every token after a certain length.");

/**
 * After `start` generated tokens adds |score| * (factor ^ k - 1) to the score of each end token, k tokens past the
 * start; one that is ruled out stays so. Follows Hugging Face's ExponentialDecayLengthPenalty.
 * @throws OptionError unless `start` is a whole number from 0 and `factor` above 0; without an end token
 */
export function exponentialDecayLength(
  options: ExponentialDecayLengthOptions,
  context: Pick<ProcessorContext, "prompt" | "endTokens">,
): LogitsProcessor {
  const config = { type: "exponentialDecayLength", ...options };
  const { start, factor } = validate(schema, config, "exponentialDecayLength");
  if (context.endTokens.length === 0) {
    const rule = "left out: the model has no end token that it could make likelier";
    throw new OptionError("exponentialDecayLength.type", config.type, rule);
  }
  return rewriting("exponentialDecayLength", (out, logits, tokens) => {
    out.set(logits);
    const past = tokens.length - context.prompt.length - start;
    if (past <= 0) return;
    for (const token of context.endTokens) {
      const score = logits[token];
      if (score !== Number.NEGATIVE_INFINITY) out[token] = score + Math.abs(score) * (factor ** past - 1);
    }
  });
}

export const exponentialDecayLengthProcessor: ProcessorDefinition<ExponentialDecayLengthConfig> = {
  type: "exponentialDecayLength",
  schema,
  create: ({ start, factor }, context) => exponentialDecayLength({ start, factor }, context),
};

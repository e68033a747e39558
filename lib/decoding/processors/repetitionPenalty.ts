import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { rewriting } from "./stage.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";
import { type Window, windowField, windowStart } from "./window.js";

export interface RepetitionPenaltyOptions {
  /** Which of the tokens so far count. Default "all": prompt and generated ones. */
  readonly window?: Window;
}

export interface RepetitionPenaltyConfig extends RepetitionPenaltyOptions {
  readonly type: "repetitionPenalty";
  readonly penalty: number;
}

const schema = closedObject({
  type: z.literal("repetitionPenalty"),
  penalty: numberField("a number above 0", { above: 0 }).describe(
    "Above 1 makes tokens that were there less likely, below 1 likelier.",
  ),
  window: windowField,
}).describe("Makes tokens that were there before less likely.");

/**
 * Lowers the score of every token in the window: divides a score of 0 or more by `penalty`, multiplies a negative
 * one (Keskar et al. 2019, CTRL). How often a token was there makes no difference. As Hugging Face's
 * RepetitionPenaltyLogitsProcessor and llama.cpp's repeat penalty.
 * @throws OptionError unless `penalty` is above 0; for an unknown window
 */
export function repetitionPenalty(
  penalty: number,
  options: RepetitionPenaltyOptions = {},
  context: Pick<ProcessorContext, "prompt"> = { prompt: [] },
): LogitsProcessor {
  const { window } = validate(
    schema,
    { type: "repetitionPenalty", penalty, ...options },
    "repetitionPenalty",
  ) as Required<RepetitionPenaltyConfig>;
  return rewriting("repetitionPenalty", (out, logits, tokens) => {
    out.set(logits);
    for (let at = windowStart(window, tokens, context.prompt); at < tokens.length; at++) {
      const score = logits[tokens[at]];
      out[tokens[at]] = score < 0 ? score * penalty : score / penalty;
    }
  });
}

export const repetitionPenaltyProcessor: ProcessorDefinition<RepetitionPenaltyConfig> = {
  type: "repetitionPenalty",
  schema,
  create: ({ penalty, window }, context) => repetitionPenalty(penalty, { window }, context),
};

import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { rewriting } from "./stage.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";
import { type Window, windowField, windowStart } from "./window.js";

export interface FrequencyPenaltyOptions {
  /** Which of the tokens so far count. Default "all": prompt and generated ones. */
  readonly window?: Window;
}

export interface FrequencyPenaltyConfig extends FrequencyPenaltyOptions {
  readonly type: "frequencyPenalty";
  readonly penalty: number;
}

const schema = closedObject({
  type: z.literal("frequencyPenalty"),
  penalty: numberField("a number").describe(
    "Subtracted from a token's score for each time that it was there; below 0 invites repetition.",
  ),
  window: windowField,
}).describe("Lowers the score of a token by how often it was there before.");

/**
 * Subtracts `penalty` times the number of times that a token occurs in the window from its score. What is counted:
 * see `presencePenalty`.
 * @throws OptionError unless `penalty` is a number; for an unknown window
 */
export function frequencyPenalty(
  penalty: number,
  options: FrequencyPenaltyOptions = {},
  context: Pick<ProcessorContext, "prompt"> = { prompt: [] },
): LogitsProcessor {
  const { window } = validate(
    schema,
    { type: "frequencyPenalty", penalty, ...options },
    "frequencyPenalty",
  ) as Required<FrequencyPenaltyConfig>;
  return rewriting("frequencyPenalty", (out, logits, tokens) => {
    out.set(logits);
    const counts = new Map<number, number>();
    for (let at = windowStart(window, tokens, context.prompt); at < tokens.length; at++) {
      counts.set(tokens[at], (counts.get(tokens[at]) ?? 0) + 1);
    }
    for (const [token, count] of counts) out[token] = logits[token] - count * penalty;
  });
}

export const frequencyPenaltyProcessor: ProcessorDefinition<FrequencyPenaltyConfig> = {
  type: "frequencyPenalty",
  schema,
  create: ({ penalty, window }, context) => frequencyPenalty(penalty, { window }, context),
};

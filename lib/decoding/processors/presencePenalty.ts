import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { rewriting } from "./stage.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";
import { type Window, windowField, windowStart } from "./window.js";

export interface PresencePenaltyOptions {
  /** Which of the tokens so far count. Default "all": prompt and generated ones. */
  readonly window?: Window;
}

export interface PresencePenaltyConfig extends PresencePenaltyOptions {
  readonly type: "presencePenalty";
  readonly penalty: number;
}

const schema = closedObject({
  type: z.literal("presencePenalty"),
  penalty: numberField("a number").describe(
    "Subtracted from the score of every token that was there; below 0 invites repetition.",
  ),
  window: windowField,
}).describe("Lowers the score of every token that was there before, once.");

/**
 * Subtracts `penalty` from the score of every token that occurs in the window, however often. Counted are all tokens
 * so far, prompt included; for OpenAI's and vLLM's meaning take the window "generated", for llama.cpp's a number (its
 * default is 64).
 * @throws OptionError unless `penalty` is a number; for an unknown window
 */
export function presencePenalty(
  penalty: number,
  options: PresencePenaltyOptions = {},
  context: Pick<ProcessorContext, "prompt"> = { prompt: [] },
): LogitsProcessor {
  const { window } = validate(
    schema,
    { type: "presencePenalty", penalty, ...options },
    "presencePenalty",
  ) as Required<PresencePenaltyConfig>;
  return rewriting("presencePenalty", (out, logits, tokens) => {
    out.set(logits);
    for (let at = windowStart(window, tokens, context.prompt); at < tokens.length; at++) {
      out[tokens[at]] = logits[tokens[at]] - penalty;
    }
  });
}

export const presencePenaltyProcessor: ProcessorDefinition<PresencePenaltyConfig> = {
  type: "presencePenalty",
  schema,
  create: ({ penalty, window }, context) => presencePenalty(penalty, { window }, context),
};

import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { only } from "./filter.js";
import { named } from "./stage.js";
import { readToken, type TokenName, tokenField } from "./tokens.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface ForcedEndConfig {
  readonly type: "forcedEnd";
  readonly token: TokenName;
}

const schema = closedObject({
  type: z.literal("forcedEnd"),
  token: tokenField.describe("The token, by its id or its text."),
}).describe("Makes the last token that maxNewTokens allows a certain one.");

/**
 * Leaves only one token for the step that reaches `maxNewTokens` (Hugging Face's ForcedEOSTokenLogitsProcessor). A
 * text that ends before, or that fills the model's context before, doesn't get it.
 * @throws OptionError for a token outside the vocabulary, a text of several tokens, or text without a tokenizer
 */
export function forcedEnd(
  token: TokenName,
  context: Pick<ProcessorContext, "vocabSize" | "tokenizer" | "prompt" | "maxNewTokens">,
): LogitsProcessor {
  validate(schema, { type: "forcedEnd", token }, "forcedEnd");
  const id = readToken(token, "forcedEnd.token", context);
  const last = context.prompt.length + context.maxNewTokens - 1;
  return named("forcedEnd", (logits, tokens) => (tokens.length === last ? only(logits, id) : logits.slice()));
}

export const forcedEndProcessor: ProcessorDefinition<ForcedEndConfig> = {
  type: "forcedEnd",
  schema,
  create: ({ token }, context) => forcedEnd(token, context),
};

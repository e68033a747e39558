import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { only } from "./filter.js";
import { named } from "./stage.js";
import { readToken, type TokenName, tokenField } from "./tokens.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface ForcedFirstConfig {
  readonly type: "forcedFirst";
  readonly token: TokenName;
}

const schema = closedObject({
  type: z.literal("forcedFirst"),
  token: tokenField.describe("The token, by its id or its text."),
}).describe("Makes the first generated token a certain one.");

/**
 * Leaves only one token for the first step (Hugging Face's ForcedBOSTokenLogitsProcessor, which counts a prompt of one
 * token as the start; here any prompt is followed by it).
 * @throws OptionError for a token outside the vocabulary, a text of several tokens, or text without a tokenizer
 */
export function forcedFirst(
  token: TokenName,
  context: Pick<ProcessorContext, "vocabSize" | "tokenizer" | "prompt">,
): LogitsProcessor {
  validate(schema, { type: "forcedFirst", token }, "forcedFirst");
  const id = readToken(token, "forcedFirst.token", context);
  return named("forcedFirst", (logits, tokens) =>
    tokens.length === context.prompt.length ? only(logits, id) : logits.slice(),
  );
}

export const forcedFirstProcessor: ProcessorDefinition<ForcedFirstConfig> = {
  type: "forcedFirst",
  schema,
  create: ({ token }, context) => forcedFirst(token, context),
};

import { z } from "zod";
import { closedObject, flagField, validate } from "../schema.js";
import { banning } from "./filter.js";
import { readToken, type TokenName, tokenField } from "./tokens.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface SuppressTokensOptions {
  /** Rules them out for the first generated token only. Default false. */
  readonly atBegin?: boolean;
}

export interface SuppressTokensConfig extends SuppressTokensOptions {
  readonly type: "suppressTokens";
  readonly tokens: readonly TokenName[];
}

const rule = { error: "a list of at least one token, each an id or a text" };

const schema = closedObject({
  type: z.literal("suppressTokens"),
  tokens: z.array(tokenField, rule).min(1, rule).describe("The tokens, each by its id or its text."),
  atBegin: flagField().default(false).describe("Rules them out for the first generated token only."),
}).describe("Rules out single tokens.");

/**
 * Rules out tokens, at every step or at the first one only: Hugging Face's SuppressTokensLogitsProcessor and
 * SuppressTokensAtBeginLogitsProcessor.
 * @throws OptionError for a token outside the vocabulary, a text of several tokens, or text without a tokenizer
 */
export function suppressTokens(
  tokens: readonly TokenName[],
  options: SuppressTokensOptions,
  context: Pick<ProcessorContext, "vocabSize" | "tokenizer" | "prompt">,
): LogitsProcessor {
  const { atBegin } = validate(schema, { type: "suppressTokens", tokens, ...options }, "suppressTokens");
  const ids = tokens.map((token, index) => readToken(token, `suppressTokens.tokens[${index}]`, context));
  return banning("suppressTokens", (sofar) => (atBegin && sofar.length > context.prompt.length ? [] : ids));
}

export const suppressTokensProcessor: ProcessorDefinition<SuppressTokensConfig> = {
  type: "suppressTokens",
  schema,
  create: ({ tokens, atBegin }, context) => suppressTokens(tokens, { atBegin }, context),
};

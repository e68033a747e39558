import { z } from "zod";
import { closedObject, countField, validate } from "../schema.js";
import { banning } from "./filter.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface MinNewTokensConfig {
  readonly type: "minNewTokens";
  readonly n: number;
}

const schema = closedObject({
  type: z.literal("minNewTokens"),
  n: countField(0).describe("How many tokens must be generated before the text may end."),
}).describe("Keeps the text from ending before so many tokens are generated.");

/**
 * Rules out the end tokens while fewer than `n` tokens have been generated (Hugging Face's
 * MinNewTokensLengthLogitsProcessor). Stop strings and a caller's rule can still end the text.
 * @throws OptionError unless `n` is a whole number from 0
 */
export function minNewTokens(
  n: number,
  context: Pick<ProcessorContext, "prompt" | "endTokens">,
): LogitsProcessor {
  validate(schema, { type: "minNewTokens", n }, "minNewTokens");
  return banning("minNewTokens", (tokens) =>
    tokens.length - context.prompt.length < n ? context.endTokens : [],
  );
}

export const minNewTokensProcessor: ProcessorDefinition<MinNewTokensConfig> = {
  type: "minNewTokens",
  schema,
  create: ({ n }, context) => minNewTokens(n, context),
};

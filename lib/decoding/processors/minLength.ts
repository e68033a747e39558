import { z } from "zod";
import { closedObject, countField, validate } from "../schema.js";
import { banning } from "./filter.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";

export interface MinLengthConfig {
  readonly type: "minLength";
  readonly n: number;
}

const schema = closedObject({
  type: z.literal("minLength"),
  n: countField(0).describe("How many tokens, prompt included, must be there before the text may end."),
}).describe("Keeps the text from ending before it has a length, prompt included.");

/**
 * Rules out the end tokens while prompt and generated tokens together are fewer than `n` (Hugging Face's
 * MinLengthLogitsProcessor). Stop strings and a caller's rule can still end the text.
 * @throws OptionError unless `n` is a whole number from 0
 */
export function minLength(n: number, context: Pick<ProcessorContext, "endTokens">): LogitsProcessor {
  validate(schema, { type: "minLength", n }, "minLength");
  return banning("minLength", (tokens) => (tokens.length < n ? context.endTokens : []));
}

export const minLengthProcessor: ProcessorDefinition<MinLengthConfig> = {
  type: "minLength",
  schema,
  create: ({ n }, context) => minLength(n, context),
};

import { z } from "zod";
import { maxScore } from "../../core/rows.js";
import { topIndices } from "../../core/top.js";
import type { Logits } from "../../core/types.js";
import { closedObject, validate } from "../schema.js";
import { type MinTokensOptions, minTokensField, numberField } from "./fields.js";
import { keepWhere, thresholdFilter } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface MinPConfig extends MinTokensOptions {
  readonly type: "minP";
  readonly p: number;
}

const schema = closedObject({
  type: z.literal("minP"),
  p: numberField("a number from 0 to 1", { from: 0, upTo: 1 }).describe(
    "Keeps tokens with at least this share of the best token's probability.",
  ),
  minTokensToKeep: minTokensField,
}).describe("Keeps tokens that are likely beside the best one.");

/**
 * Keeps the tokens whose probability is at least `p` times that of the likeliest (Nguyen et al. 2024): few where the
 * model is sure, many where it isn't. As Hugging Face's MinPLogitsWarper and llama.cpp's min-p. In scores:
 * score >= max + ln(p).
 * @throws OptionError for a `p` outside 0 to 1
 */
export function minP(p: number, options: MinTokensOptions = {}): LogitsProcessor {
  const { minTokensToKeep } = validate(schema, { type: "minP", p, ...options }, "minP");
  const thresholdOf = (logits: Logits) => maxScore(logits) + Math.log(p);
  if (minTokensToKeep === 1) return thresholdFilter("minP", thresholdOf);
  return tokenBlind("minP", (logits) => {
    const threshold = thresholdOf(logits);
    const always = new Set(topIndices(logits, minTokensToKeep));
    return keepWhere(logits, (score, token) => score >= threshold || always.has(token));
  });
}

export const minPProcessor: ProcessorDefinition<MinPConfig> = {
  type: "minP",
  schema,
  create: ({ p, minTokensToKeep }) => minP(p, { minTokensToKeep }),
};

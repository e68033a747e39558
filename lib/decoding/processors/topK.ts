import { z } from "zod";
import { maxScore } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import { closedObject, countField, validate } from "../schema.js";
import { selectBest } from "./fast/select.js";
import { keepFrom, scoreAtRank } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TopKOptions {
  /** Keeps at least as many tokens as this, however small `k` is. Default 1. */
  readonly minTokensToKeep?: number;
}

export interface TopKConfig extends TopKOptions {
  readonly type: "topK";
  readonly k: number;
}

const schema = closedObject({
  type: z.literal("topK"),
  k: countField(1).describe(
    "How many of the likeliest tokens to keep; more where several tie for the last place.",
  ),
  minTokensToKeep: countField(1)
    .default(1)
    .describe("Keeps at least as many tokens as this, however small `k` is."),
}).describe("Keeps the k likeliest tokens.");

/**
 * Keeps the `k` likeliest tokens (Fan et al. 2018). Tokens that tie with the last one stay as well, as in Hugging
 * Face's TopKLogitsWarper.
 * @throws OptionError unless `k` and `minTokensToKeep` are whole numbers from 1
 */
export function topK(k: number, options: TopKOptions = {}): LogitsProcessor {
  const { minTokensToKeep } = validate(schema, { type: "topK", k, ...options }, "topK");
  const count = Math.max(k, minTokensToKeep);
  const process = tokenBlind("topK", (logits) => {
    maxScore(logits);
    return keepFrom(logits, scoreAtRank(logits, count));
  });
  return Object.assign(process, {
    select: (logits: Logits, divisor: number) => selectBest(logits, count, divisor),
  });
}

export const topKProcessor: ProcessorDefinition<TopKConfig> = {
  type: "topK",
  schema,
  create: ({ k, minTokensToKeep }) => topK(k, { minTokensToKeep }),
};

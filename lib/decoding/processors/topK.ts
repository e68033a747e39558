import { z } from "zod";
import { topIndices } from "../../core/top.js";
import { closedObject, countField, validate } from "../schema.js";
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
  return tokenBlind("topK", (logits) => {
    const least = topIndices(logits, Math.max(k, minTokensToKeep)).at(-1) as number;
    const threshold = logits[least];
    const kept = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
    for (let token = 0; token < logits.length; token++) {
      const score = logits[token];
      if (score >= threshold) kept[token] = score;
    }
    return kept;
  });
}

export const topKProcessor: ProcessorDefinition<TopKConfig> = {
  type: "topK",
  schema,
  create: ({ k, minTokensToKeep }) => topK(k, { minTokensToKeep }),
};

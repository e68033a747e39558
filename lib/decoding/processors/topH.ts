import { z } from "zod";
import { entropy, softmax } from "../../core/rows.js";
import { topIndices } from "../../core/top.js";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { keepWhere } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TopHConfig {
  readonly type: "topH";
  readonly h: number;
}

const schema = closedObject({
  type: z.literal("topH"),
  h: numberField("a number above 0, at most 1", { above: 0, upTo: 1 }).describe(
    "The share of the entropy that the kept tokens may carry.",
  ),
}).describe("Keeps the likeliest tokens that carry a given share of the entropy.");

/** How many tokens are looked at; the rest is removed. Hugging Face's number. */
const candidates = 100;
/** What rounding may add to a sum of 32-bit terms, in nats. */
const tolerance = 1e-6;

/**
 * Keeps the likeliest tokens while the entropy terms -p ln(p), summed from the likeliest down, stay within `h` times
 * the entropy (Potraghloo et al. 2025, top-H). The likeliest always stays. As in Hugging Face's TopHLogitsWarper only
 * the 100 likeliest tokens count, with their probabilities taken among themselves.
 * @throws OptionError unless `h` lies above 0 and is at most 1
 */
export function topH(h: number): LogitsProcessor {
  validate(schema, { type: "topH", h }, "topH");
  return tokenBlind("topH", (logits) => {
    const order = topIndices(logits, candidates);
    const top = Float32Array.from(order, (token) => logits[token]);
    const bound = entropy(top) * h + tolerance;
    const probabilities = softmax(top);
    const kept = new Set(order.slice(0, 1));
    let sum = 0;
    for (const [rank, token] of order.entries()) {
      const probability = probabilities[rank];
      if (probability > 0) sum -= probability * Math.log(probability);
      if (sum > bound) break;
      kept.add(token);
    }
    return keepWhere(logits, (_, token) => kept.has(token));
  });
}

export const topHProcessor: ProcessorDefinition<TopHConfig> = {
  type: "topH",
  schema,
  create: ({ h }) => topH(h),
};

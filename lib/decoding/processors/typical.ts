import { z } from "zod";
import { entropy, logSumExp } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import { closedObject, validate } from "../schema.js";
import { type MinTokensOptions, minTokensField, numberField } from "./fields.js";
import { keepWhere } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TypicalConfig extends MinTokensOptions {
  readonly type: "typical";
  readonly mass: number;
}

const schema = closedObject({
  type: z.literal("typical"),
  mass: numberField("a number above 0 and below 1", { above: 0, below: 1 }).describe(
    "The probability that the kept tokens make up together.",
  ),
  minTokensToKeep: minTokensField.describe("Keeps at least as many of the most typical tokens as this."),
}).describe("Keeps the tokens whose surprise is closest to what the distribution leads one to expect.");

/**
 * Keeps the most typical tokens that together make up the probability `mass` (Meister et al. 2023). Atypical is a
 * token whose surprise -ln(p) lies far from the entropy H, on either side: |-ln(p) - H|. So the likeliest token may
 * go. Tokens as typical as the last one kept stay as well, as in Hugging Face's TypicalLogitsWarper.
 * @throws OptionError unless `mass` lies between 0 and 1
 */
export function typical(mass: number, options: MinTokensOptions = {}): LogitsProcessor {
  const { minTokensToKeep } = validate(schema, { type: "typical", mass, ...options }, "typical");
  return tokenBlind("typical", (logits) => {
    const { distances, probabilities, order } = byTypicality(logits);
    let sum = 0;
    let last = 0;
    while (last < order.length - 1) {
      sum += probabilities[order[last]];
      if (sum >= mass) break;
      last++;
    }
    const always = new Set(order.slice(0, minTokensToKeep));
    const farthest = distances[order[last]];
    return keepWhere(logits, (_, token) => distances[token] <= farthest || always.has(token));
  });
}

export const typicalProcessor: ProcessorDefinition<TypicalConfig> = {
  type: "typical",
  schema,
  create: ({ mass, minTokensToKeep }) => typical(mass, { minTokensToKeep }),
};

/** The tokens that are left, most typical first, lower ids first among equals. */
function byTypicality(logits: Logits) {
  const expected = entropy(logits);
  const total = logSumExp(logits);
  const distances = new Float64Array(logits.length).fill(Number.POSITIVE_INFINITY);
  const probabilities = new Float64Array(logits.length);
  const order: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] === Number.NEGATIVE_INFINITY) continue;
    const logProb = logits[token] - total;
    // In 32 bits, as the scores are: what they can't tell apart is equally typical.
    distances[token] = Math.fround(Math.abs(-logProb - expected));
    probabilities[token] = Math.exp(logProb);
    order.push(token);
  }
  order.sort((a, b) => distances[a] - distances[b] || a - b);
  return { distances, probabilities, order };
}

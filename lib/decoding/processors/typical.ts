import { z } from "zod";
import { distributionOf } from "../../core/rows.js";
import { topIndices } from "../../core/top.js";
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
    const { distances, probabilities } = typicality(logits);
    const farthest = distanceAtMass(distances, probabilities, mass);
    const negated = distances.map((distance) => -distance);
    const always = new Set(topIndices(negated, minTokensToKeep));
    return keepWhere(logits, (_, token) => distances[token] <= farthest || always.has(token));
  });
}

export const typicalProcessor: ProcessorDefinition<TypicalConfig> = {
  type: "typical",
  schema,
  create: ({ mass, minTokensToKeep }) => typical(mass, { minTokensToKeep }),
};

/** For each token how far its surprise lies from the entropy, in nats, and its probability. */
function typicality(logits: Logits) {
  const { total, entropy: expected } = distributionOf(logits);
  const distances = new Float32Array(logits.length).fill(Number.POSITIVE_INFINITY);
  const probabilities = new Float64Array(logits.length);
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] === Number.NEGATIVE_INFINITY) continue;
    const logProb = logits[token] - total;
    // Stored in 32 bits, as the scores are: what they can't tell apart is equally typical.
    distances[token] = Math.abs(-logProb - expected);
    probabilities[token] = Math.exp(logProb);
  }
  return { distances, probabilities };
}

const binCount = 4096;
/** Tokens farther off than this, in nats, share the last bin: they hardly count. */
const farthestBin = 40;

/**
 * The distance at which the probabilities, summed from the most typical token on, reach the mass. Instead of sorting
 * the vocabulary, it sorts the distances into bins, finds the bin in which the sum crosses, and orders only that one.
 */
function distanceAtMass(distances: Float32Array, probabilities: Float64Array, mass: number): number {
  const binOf = (distance: number) => Math.min(binCount - 1, Math.floor((distance * binCount) / farthestBin));
  const bins = new Float64Array(binCount);
  for (let token = 0; token < distances.length; token++) {
    const bin = binOf(distances[token]);
    bins[bin] = bins[bin] + probabilities[token];
  }
  let sum = 0;
  let crossed = 0;
  while (crossed < binCount - 1 && sum + bins[crossed] < mass) sum += bins[crossed++];
  const members: number[] = [];
  for (let token = 0; token < distances.length; token++) {
    if (probabilities[token] > 0 && binOf(distances[token]) === crossed) members.push(token);
  }
  members.sort((a, b) => distances[a] - distances[b] || a - b);
  const crossing = members.find((token) => {
    sum += probabilities[token];
    return sum >= mass;
  });
  // Added up in another order the bin's sum may just miss the mass: then its last token is the one.
  const last = crossing ?? members.at(-1);
  return last === undefined ? Number.POSITIVE_INFINITY : distances[last];
}

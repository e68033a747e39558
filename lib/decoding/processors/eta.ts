import { z } from "zod";
import { distributionOf } from "../../core/rows.js";
import { closedObject, validate } from "../schema.js";
import { type MinTokensOptions, minTokensField, numberField } from "./fields.js";
import { scoreAtRank, thresholdFilter } from "./filter.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface EtaConfig extends MinTokensOptions {
  readonly type: "eta";
  readonly cutoff: number;
}

const schema = closedObject({
  type: z.literal("eta"),
  cutoff: numberField("a number above 0 and below 1", { above: 0, below: 1 }).describe(
    "The least probability that a token must have, less where the distribution is flat.",
  ),
  minTokensToKeep: minTokensField,
}).describe("Removes tokens below a probability that shrinks as the entropy grows.");

/**
 * Removes tokens whose probability lies below eta = min(c, sqrt(c) * exp(-H)), with c the cutoff and H the entropy
 * in nats (Hewitt et al. 2022, eta sampling). Ties as in `epsilon`; follows Hugging Face's EtaLogitsWarper. Usual
 * cutoffs: 3e-4 to 4e-3.
 * @throws OptionError unless `cutoff` lies between 0 and 1
 */
export function eta(cutoff: number, options: MinTokensOptions = {}): LogitsProcessor {
  const { minTokensToKeep } = validate(schema, { type: "eta", cutoff, ...options }, "eta");
  return thresholdFilter("eta", (logits) => {
    const { total, entropy } = distributionOf(logits);
    const logEta = Math.min(Math.log(cutoff), Math.log(cutoff) / 2 - entropy);
    return Math.min(total + logEta, scoreAtRank(logits, minTokensToKeep));
  });
}

export const etaProcessor: ProcessorDefinition<EtaConfig> = {
  type: "eta",
  schema,
  create: ({ cutoff, minTokensToKeep }) => eta(cutoff, { minTokensToKeep }),
};

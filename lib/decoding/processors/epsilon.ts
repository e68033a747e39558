import { z } from "zod";
import { logSumExp } from "../../core/rows.js";
import { closedObject, validate } from "../schema.js";
import { type MinTokensOptions, minTokensField, numberField } from "./fields.js";
import { scoreAtRank, thresholdFilter } from "./filter.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface EpsilonConfig extends MinTokensOptions {
  readonly type: "epsilon";
  readonly cutoff: number;
}

const schema = closedObject({
  type: z.literal("epsilon"),
  cutoff: numberField("a number above 0 and below 1", { above: 0, below: 1 }).describe(
    "The least probability that a token must have.",
  ),
  minTokensToKeep: minTokensField,
}).describe("Removes every token below a fixed probability.");

/**
 * Removes every token whose probability lies below `cutoff` (Hewitt et al. 2022, epsilon sampling). Tokens that tie
 * with the last of `minTokensToKeep` stay too, as in Hugging Face's EpsilonLogitsWarper. Usual cutoffs: 3e-4 to 9e-4.
 * @throws OptionError unless `cutoff` lies between 0 and 1
 */
export function epsilon(cutoff: number, options: MinTokensOptions = {}): LogitsProcessor {
  const { minTokensToKeep } = validate(schema, { type: "epsilon", cutoff, ...options }, "epsilon");
  return thresholdFilter("epsilon", (logits) =>
    Math.min(logSumExp(logits) + Math.log(cutoff), scoreAtRank(logits, minTokensToKeep)),
  );
}

export const epsilonProcessor: ProcessorDefinition<EpsilonConfig> = {
  type: "epsilon",
  schema,
  create: ({ cutoff, minTokensToKeep }) => epsilon(cutoff, { minTokensToKeep }),
};

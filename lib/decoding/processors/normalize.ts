import { z } from "zod";
import { logSumExp } from "../../core/rows.js";
import { closedObject } from "../schema.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface NormalizeConfig {
  readonly type: "normalize";
}

const schema = closedObject({ type: z.literal("normalize") }).describe(
  "Turns scores into log-probabilities, for stages after it that are not blind to a shift of all scores.",
);

/**
 * Turns scores into log-probabilities: score - ln(sum of exp(scores)), Hugging Face's LogitNormalization. It changes
 * no probability; `repetitionPenalty` and `exponentialDecayLength` after it see other numbers.
 */
export function normalize(): LogitsProcessor {
  return tokenBlind("normalize", (logits) => {
    const total = logSumExp(logits);
    return logits.map((score) => score - total);
  });
}

export const normalizeProcessor: ProcessorDefinition<NormalizeConfig> = {
  type: "normalize",
  schema,
  create: () => normalize(),
};

import { z } from "zod";
import { closedObject, validate } from "../schema.js";
import { rewriting } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TemperatureConfig {
  readonly type: "temperature";
  readonly t: number;
}

const rule = { error: "a number above 0 (for 0 use greedy decoding)" };

const schema = closedObject({
  type: z.literal("temperature"),
  t: z
    .number(rule)
    .positive(rule)
    .describe("Divides the scores. Below 1 sharpens the distribution, above 1 flattens it, 1 leaves it."),
}).describe("Sharpens or flattens the distribution.");

/**
 * Divides the scores: below 1 sharpens the distribution, above 1 flattens it (Ackley et al. 1985).
 * @throws OptionError unless the temperature is above 0
 */
export function temperature(t: number): LogitsProcessor {
  validate(schema, { type: "temperature", t }, "temperature");
  return Object.assign(
    rewriting("temperature", (out, logits) => {
      for (let token = 0; token < logits.length; token++) out[token] = logits[token] / t;
    }),
    { tokenBlind: true, divisor: t } as const,
  );
}

export const temperatureProcessor: ProcessorDefinition<TemperatureConfig> = {
  type: "temperature",
  schema,
  create: ({ t }) => temperature(t),
};

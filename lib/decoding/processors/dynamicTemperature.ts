import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { entropy, maxScore } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { keepFrom } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface DynamicTemperatureOptions {
  /** The temperature where one token is certain. */
  readonly low: number;
  /** The temperature where all tokens are equally likely. */
  readonly high: number;
  /** Above 1 keeps the temperature low for longer as the entropy grows. Default 1. */
  readonly exponent?: number;
}

export interface DynamicTemperatureConfig extends DynamicTemperatureOptions {
  readonly type: "dynamicTemperature";
}

const schema = closedObject({
  type: z.literal("dynamicTemperature"),
  low: numberField("a number from 0", { from: 0 }).describe("The temperature where one token is certain."),
  high: numberField("a number above 0", { above: 0 }).describe(
    "The temperature where all tokens are equally likely.",
  ),
  exponent: numberField("a number above 0", { above: 0 })
    .default(1)
    .describe("Above 1 keeps the temperature low for longer as the entropy grows."),
}).describe("Makes the temperature follow the entropy.");

/** Close to the largest 32-bit float. */
const largest = 3.4e38;

/**
 * Divides the scores by T = low + (high - low) * (H / ln(n)) ^ exponent, with H the entropy and n the number of tokens
 * left, so that H / ln(n) runs from 0, sure, to 1, no idea (kalomaze 2023; llama.cpp's dynamic temperature, whose
 * range r around t is low = t - r, high = t + r). A row with one token left stays as it is; a T of 0, or so
 * near to it that 32-bit floats can't hold the result, leaves only the likeliest tokens.
 * @throws OptionError for a temperature below 0, an exponent of 0 or less, or a `low` above `high`
 */
export function dynamicTemperature(options: DynamicTemperatureOptions): LogitsProcessor {
  const config = validate(schema, { type: "dynamicTemperature", ...options }, "dynamicTemperature");
  const { low, high, exponent } = config;
  if (low > high) throw new OptionError("dynamicTemperature.low", low, `at most \`high\`, ${high}`);
  return tokenBlind("dynamicTemperature", (logits) => {
    const left = countLeft(logits);
    if (left <= 1) return logits.slice();
    const t = low + (high - low) * (entropy(logits) / Math.log(left)) ** exponent;
    const max = maxScore(logits);
    const fits = Math.abs(max) < t * largest;
    return fits ? logits.map((score) => score / t) : keepFrom(logits, max);
  });
}

export const dynamicTemperatureProcessor: ProcessorDefinition<DynamicTemperatureConfig> = {
  type: "dynamicTemperature",
  schema,
  create: ({ low, high, exponent }) => dynamicTemperature({ low, high, exponent }),
};

function countLeft(logits: Logits): number {
  let count = 0;
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] !== Number.NEGATIVE_INFINITY) count++;
  }
  return count;
}

import { z } from "zod";
import { maxScore } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { thresholdFilter } from "./filter.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TopNSigmaConfig {
  readonly type: "topNSigma";
  readonly n: number;
}

const schema = closedObject({
  type: z.literal("topNSigma"),
  n: numberField("a number above 0", { above: 0 }).describe(
    "How many standard deviations below the best score a token may lie.",
  ),
}).describe("Keeps tokens whose score lies within n standard deviations of the best.");

/**
 * Keeps the tokens whose score is at least max - n * sigma, where sigma is the standard deviation of the scores that
 * are left (Tang et al. 2024, top-n-sigma). What it keeps doesn't depend on the temperature. As llama.cpp's
 * top-n-sigma: divided by the number of scores, ruled-out ones not counted; but a 0, which llama.cpp takes for "off",
 * is an error here.
 * @throws OptionError unless `n` is above 0
 */
export function topNSigma(n: number): LogitsProcessor {
  validate(schema, { type: "topNSigma", n }, "topNSigma");
  return thresholdFilter("topNSigma", (logits) => maxScore(logits) - n * standardDeviation(logits));
}

export const topNSigmaProcessor: ProcessorDefinition<TopNSigmaConfig> = {
  type: "topNSigma",
  schema,
  create: ({ n }) => topNSigma(n),
};

function standardDeviation(logits: Logits): number {
  let [sum, count] = [0, 0];
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] === Number.NEGATIVE_INFINITY) continue;
    sum += logits[token];
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] !== Number.NEGATIVE_INFINITY) squares += (logits[token] - mean) ** 2;
  }
  return Math.sqrt(squares / count);
}

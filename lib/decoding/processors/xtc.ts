import { z } from "zod";
import type { Random } from "../../core/random.js";
import { logSumExp } from "../../core/rows.js";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { keepWhere } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface XtcOptions {
  /** How often it acts at all, 0 to 1. */
  readonly probability: number;
  /** The probability from which a token counts as a top choice; above 0.5 there can't be two, so nothing happens. */
  readonly threshold: number;
}

export interface XtcConfig extends XtcOptions {
  readonly type: "xtc";
}

const range = { from: 0, upTo: 1 };

const schema = closedObject({
  type: z.literal("xtc"),
  probability: numberField("a number from 0 to 1", range).describe("How often it acts at all."),
  threshold: numberField("a number from 0 to 1", range).describe(
    "The probability from which a token counts as a top choice.",
  ),
}).describe("Excludes top choices: now and then removes all likely tokens but the least likely of them.");

/**
 * Excludes top choices (XTC, p-e-w 2024, as in llama.cpp): with the given `probability`, if two or more tokens reach
 * `threshold`, removes all of them but the least likely. Of equally likely ones the highest id stays. Draws one
 * random number at each step, whether it acts or not.
 * @throws OptionError for a number outside 0 to 1
 */
export function xtc(options: XtcOptions, random: Random): LogitsProcessor {
  const { probability, threshold } = validate(schema, { type: "xtc", ...options }, "xtc");
  return tokenBlind("xtc", (logits) => {
    const acts = random.next() < probability;
    const bar = logSumExp(logits) + Math.log(threshold);
    let last: number | undefined;
    for (let token = 0; acts && token < logits.length; token++) {
      const reaches = logits[token] >= bar && logits[token] !== Number.NEGATIVE_INFINITY;
      if (reaches && (last === undefined || logits[token] <= logits[last])) last = token;
    }
    return keepWhere(logits, (score, token) => last === undefined || token === last || score < bar);
  });
}

export const xtcProcessor: ProcessorDefinition<XtcConfig> = {
  type: "xtc",
  schema,
  create: (config, { random }) =>
    xtc({ probability: config.probability, threshold: config.threshold }, random),
};

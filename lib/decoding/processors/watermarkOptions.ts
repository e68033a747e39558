import { z } from "zod";
import { closedObject, countField, nameField, validate } from "../schema.js";
import { numberField } from "./fields.js";
import type { WatermarkOptions } from "./greenlist.js";

export interface WatermarkConfig extends WatermarkOptions {
  readonly type: "watermark";
}

export const watermarkSchema = closedObject({
  type: z.literal("watermark"),
  greenlistRatio: numberField("a number above 0 and below 1", { above: 0, below: 1 })
    .default(0.25)
    .describe("The share of the vocabulary that is favoured at each step."),
  bias: numberField("a number").default(2).describe("Added to the scores of the favoured tokens."),
  hashingKey: countField(0, " to 2^53 - 1").default(15_485_863).describe("The secret."),
  seedingScheme: nameField(["lefthash", "selfhash"])
    .default("lefthash")
    .describe("lefthash derives the favoured tokens from the last one, selfhash from the new one too."),
  contextWidth: countField(1).default(1).describe("How many tokens selfhash reads, the new one included."),
}).describe("Favours tokens by a secret rule, so that a detector can later tell the text from others.");

/** @throws OptionError as `watermark` */
export function readWatermarkOptions(options: WatermarkOptions): Required<WatermarkOptions> {
  return validate(
    watermarkSchema,
    { type: "watermark", ...options },
    "watermark",
  ) as Required<WatermarkConfig>;
}

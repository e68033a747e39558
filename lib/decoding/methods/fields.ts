import { z } from "zod";
import { processorSchema } from "../processors/index.js";
import { countField, toZod } from "../schema.js";

/** The schema's side of `CommonRecipe`. */
export const commonFields = {
  maxNewTokens: countField(1).default(64).describe("The most tokens to generate."),
  seed: countField(0, " to 2^53 - 1").default(0).describe("The same seed gives the same tokens."),
  processors: z
    .array(toZod(processorSchema), { error: "a list of processors" })
    .default([])
    .describe("Rewrite the scores before the choice, from first to last."),
};

import type { z } from "zod";
import { countField, flagField } from "../schema.js";
import { recipeObject } from "./fields.js";
import type { CommonRecipe } from "./types.js";

/** The fields of methods that take the likeliest token or draw one, as they are told. */
export interface GreedyOrSampleRecipe extends CommonRecipe {
  /** Draws tokens by their probability instead of taking the likeliest. Default false. */
  readonly doSample?: boolean;
  /** How many sequences to draw, side by side; more than one only with `doSample`. Default 1. */
  readonly numReturnSequences?: number;
}

/** The schema's side of `GreedyOrSampleRecipe`, without the common fields. */
const choiceFields = {
  doSample: flagField()
    .default(false)
    .describe("Draws tokens by their probability instead of taking the likeliest."),
  numReturnSequences: countField(1)
    .default(1)
    .describe("How many sequences to draw, side by side; more than one only with doSample."),
};

/** The schema of such a method, with its own fields: without chance every sequence would be the same. */
export function greedyOrSampleObject<Name extends string, Own extends z.ZodRawShape>(method: Name, own: Own) {
  const differs = (recipe: unknown) => {
    // The compiler can't see a shape that a type parameter is part of.
    const { doSample, numReturnSequences } = recipe as Required<GreedyOrSampleRecipe>;
    return doSample || numReturnSequences === 1;
  };
  return recipeObject(method, { ...own, ...choiceFields }).refine(differs, {
    path: ["numReturnSequences"],
    error: "1 unless `doSample` is true (without chance all sequences are the same)",
  });
}

import type { z } from "zod";
import { flagField } from "../schema.js";
import { MORE_SEQUENCES, recipeObject, rowsField } from "./fields.js";
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
  numReturnSequences: rowsField(MORE_SEQUENCES)
    .default(1)
    .describe("How many sequences to draw, side by side; more than one only with doSample."),
};

/** The schema of such a method, with its own fields: without chance every sequence would be the same. */
export function greedyOrSampleObject<Name extends string, Own extends z.ZodRawShape>(method: Name, own: Own) {
  // The compiler can't see a shape that a type parameter is part of.
  const choice = (recipe: unknown) => recipe as Required<GreedyOrSampleRecipe>;
  const drawsNothing = (recipe: unknown) => !choice(recipe).doSample;
  const differs = (recipe: unknown) => !drawsNothing(recipe) || choice(recipe).numReturnSequences === 1;
  return recipeObject(method, { ...own, ...choiceFields }, drawsNothing).refine(differs, {
    path: ["numReturnSequences"],
    error: "1 unless `doSample` is true (without chance all sequences are the same)",
  });
}

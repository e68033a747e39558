import { z } from "zod";
import { countField } from "../schema.js";
import type { CommonRecipe } from "./types.js";

/** The fields of methods that guess ahead. */
export interface GuessingRecipe extends CommonRecipe {
  /** Draws tokens by their probability instead of taking the likeliest. Default false. */
  readonly doSample?: boolean;
  /** How many sequences to draw, side by side; more than one only with `doSample`. Default 1. */
  readonly numReturnSequences?: number;
}

/** The schema's side of `GuessingRecipe`, without the common fields. */
export const guessFields = {
  doSample: z
    .boolean({ error: "true or false" })
    .default(false)
    .describe("Draws tokens by their probability instead of taking the likeliest."),
  numReturnSequences: countField(1)
    .default(1)
    .describe("How many sequences to draw, side by side; more than one only with doSample."),
};

/** A rule for the schema: without chance every sequence would be the same. */
export function returnsBySampling(recipe: { doSample: boolean; numReturnSequences: number }): boolean {
  return recipe.doSample || recipe.numReturnSequences === 1;
}

/** What to say where it is broken. */
export const bySampling = {
  path: ["numReturnSequences"],
  error: "1 unless `doSample` is true (without chance all sequences are the same)",
};

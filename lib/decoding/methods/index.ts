import type { ConfigSchema } from "../configSchema.js";
import { namedUnion } from "../schema.js";
import * as all from "./all.js";
import type { MethodDefinition } from "./types.js";

export * from "./all.js";
export type { CommonRecipe, MethodContext, MethodDefinition } from "./types.js";

type All = typeof all;

/** Any method with its fields as data, told apart by `method`. */
export type Recipe = {
  [Name in keyof All]: All[Name] extends MethodDefinition<infer MethodRecipe> ? MethodRecipe : never;
}[keyof All];

/** A recipe with every default filled in. */
export type CompleteRecipe = Required<Recipe>;

const definitions = Object.values<unknown>(all).filter(isDefinition);

/** The names that a recipe's `method` may take. */
export const methodNames: readonly string[] = definitions.map((definition) => definition.method);

/** A whole recipe. */
export const recipeSchema: ConfigSchema<CompleteRecipe> = namedUnion(
  "method",
  definitions.map((definition) => definition.schema),
  methodNames,
);

/** The definition behind a recipe's `method`. */
export function methodOf(recipe: CompleteRecipe): MethodDefinition<Recipe> {
  return definitions.find(({ method }) => method === recipe.method) as MethodDefinition<Recipe>;
}

function isDefinition(value: unknown): value is MethodDefinition<Recipe> {
  return typeof value === "object" && value !== null && "schema" in value && "run" in value;
}

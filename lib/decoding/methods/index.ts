import type { ConfigSchema } from "../configSchema.js";
import { namedUnion } from "../schema.js";
import * as all from "./all.js";
import { meantMethod } from "./foreignNames.js";
import type { AnyStep, MethodDefinition } from "./types.js";

export * from "./all.js";
export type { CommonBeamRecipe, EarlyStoppingRecipe } from "./beamFields.js";
export type { AnyStep, CommonRecipe, MethodContext, MethodDefinition } from "./types.js";

type All = typeof all;

/** Any method with its fields as data, told apart by `method`. */
export type Recipe = {
  [Name in keyof All]: All[Name] extends MethodDefinition<infer MethodRecipe, AnyStep> ? MethodRecipe : never;
}[keyof All];

/** A recipe with every default filled in. */
export type CompleteRecipe = Required<Recipe>;

/** What decoding yields for a recipe: `Step` or `BeamStep` where its method is known, either where it isn't. */
export type StepOf<SomeRecipe extends { readonly method: string }> = {
  [Name in keyof All]: All[Name] extends MethodDefinition<infer MethodRecipe, infer MethodStep>
    ? [Extract<SomeRecipe["method"], MethodRecipe["method"]>] extends [never]
      ? never
      : MethodStep
    : never;
}[keyof All];

type AnyMethod = MethodDefinition<Recipe, AnyStep>;

const definitions = Object.values<unknown>(all).filter(isDefinition);

/** The names that a recipe's `method` may take. */
export const methodNames: readonly string[] = definitions.map((definition) => definition.method);

/** A whole recipe. */
export const recipeSchema: ConfigSchema<CompleteRecipe> = namedUnion(
  "method",
  definitions.map((definition) => definition.schema),
  methodNames,
  '{"method":"greedy"}',
  meantMethod,
);

/** The definition behind a recipe's `method`. */
export function methodOf(recipe: CompleteRecipe): AnyMethod {
  return definitions.find(({ method }) => method === recipe.method) as AnyMethod;
}

/** The names of methods that can take `picks`. */
export const methodsWithPicks: readonly string[] = definitions
  .filter(({ takesPicks }) => takesPicks)
  .map(({ method }) => method);

/** The names of methods that need a draft model beside the recipe. */
export const methodsWithDraft: readonly string[] = definitions
  .filter(({ needsDraft }) => needsDraft)
  .map(({ method }) => method);

function isDefinition(value: unknown): value is AnyMethod {
  return typeof value === "object" && value !== null && "schema" in value && "run" in value;
}

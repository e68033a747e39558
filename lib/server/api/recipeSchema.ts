import { methodsWithDraft, recipeJsonSchema } from "../../decoding/index.js";

interface RecipeSchema {
  readonly oneOf: readonly { readonly properties: { readonly method: { readonly const: string } } }[];
}

/** The JSON Schema of the recipes that a server can run: all but those that need a draft model beside them. */
export function servedRecipeSchema(): Record<string, unknown> {
  const schema = recipeJsonSchema();
  const { oneOf } = schema as unknown as RecipeSchema;
  const isServed = ({ properties }: RecipeSchema["oneOf"][number]) =>
    !methodsWithDraft.includes(properties.method.const);
  return { ...schema, oneOf: oneOf.filter(isServed) };
}

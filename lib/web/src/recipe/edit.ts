import { type RecipeCatalogue, startValue } from "./schema.js";
import type { RecipeData } from "./types.js";

/** Starts of required fields whose least value shows nothing: a search with one beam is greedy. */
const STARTS: Readonly<Record<string, unknown>> = { numBeams: 4 };

/** The recipe for another method: its fields that the method has too, its chain, and a start for what is required. */
export function withMethod({ methods }: RecipeCatalogue, recipe: RecipeData, name: string): RecipeData {
  const fields = methods.find((kind) => kind.name === name)?.fields ?? [];
  const entries = fields
    .map((field) => [
      field.name,
      recipe[field.name] ?? (field.required ? (STARTS[field.name] ?? startValue(field.schema)) : undefined),
    ])
    .filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(entries), method: name, processors: recipe.processors ?? [] };
}

/** The list with one entry at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from] as T, ...rest.slice(to)];
}

/** The data with one field set; undefined takes it out, so that its default holds. */
export function withField<Data extends object>(data: Data, name: string, value: unknown): Data {
  const { [name as keyof Data]: _, ...rest } = data;
  return (value === undefined ? rest : { ...rest, [name]: value }) as Data;
}

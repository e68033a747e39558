import type { ComparisonRow } from "./types.js";

/** What a row is called: its recipe's name, with the number of the text, from 1, where the recipe has several. */
export function comparisonRowName(
  { recipe, sequence }: ComparisonRow,
  rows: readonly ComparisonRow[],
): string {
  const several = rows.some((row) => row.recipe === recipe && row.sequence > 0);
  return several ? `${recipe} ${sequence + 1}` : recipe;
}

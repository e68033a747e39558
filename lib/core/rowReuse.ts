import type { LanguageModel, Logits, RowReuse } from "./types.js";

/**
 * Gives rows of `nextLogits` back to their model, if it can use them again; nobody may read them after that. A row
 * for each sequence and token that is left to the garbage collector keeps it busy beside the model's own threads.
 */
export function giveBack(model: LanguageModel & Partial<RowReuse>, rows: readonly Logits[]): void {
  model.reuseRows?.(rows);
}

/** What a model does with rows that are given back, for a model that stands before it and hands out its very rows. */
export function rowReuseOf(model: LanguageModel & Partial<RowReuse>): Partial<RowReuse> {
  return model.reuseRows ? { reuseRows: (rows) => giveBack(model, rows) } : {};
}

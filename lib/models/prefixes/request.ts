import type { Logits, Tokens } from "../../core/types.js";

/** One text whose scores are wanted after each of its positions from `firstRow` on. */
export interface RowRequest {
  readonly tokens: Tokens;
  readonly firstRow: number;
  /** Appends to each row the hidden state that it was made from, where the graph gives it. */
  readonly withHidden?: true;
  /** Appends to each row the scores of these layers, where the graph gives them. */
  readonly layers?: readonly number[];
}

/** Computes rows over one kind of graph. `pause` is awaited between runs and rejects to stop. */
export interface GraphRunner {
  /** The longest text, in tokens, that its cache can hold. */
  readonly capacity: number;
  /** How many tokens at the start of a text need not be computed again. */
  cachedLength(tokens: Tokens): number;
  rows(requests: readonly RowRequest[], pause: () => Promise<void>): Promise<Logits[][]>;
  /** Takes memory of earlier rows, to write later ones to. */
  reuse?(spare: readonly ArrayBuffer[]): void;
}

/** Tokens computed in one run: enough to use the cores well, few enough to stop soon after an abort. */
export const CHUNK = 128;

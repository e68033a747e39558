import type { TokenizedDocuments } from "../../../lib/training/batches/index.js";

/**
 * Documents of the given lengths, end token included, in which every token is its own number, so that where a batch
 * was cut can be read off it.
 */
export function numbered(lengths: readonly number[], endToken?: number): TokenizedDocuments {
  const starts = Int32Array.from([0, ...lengths]);
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const tokens = Int32Array.from({ length: starts[lengths.length] }, (_, i) => i);
  return { tokens, starts, endToken };
}

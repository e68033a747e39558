import type { Tokens } from "../../core/types.js";
import { countNgrams } from "./ngrams.js";

const sizes = [1, 2, 3, 4];
/** Added to a count of zero matches (Chen and Cherry 2014, their first method, with NLTK's epsilon). */
const epsilon = 0.1;

/**
 * BLEU-4 of one text against references (Papineni et al. 2002): the geometric mean of the clipped precisions of
 * n-grams for n from 1 to 4, times exp(1 - r / c) where the closest reference length r is above the text's length c.
 * Between 0 and 1. Equals NLTK's `sentence_bleu` with `SmoothingFunction().method1`: a precision of zero matches counts
 * as 0.1 / total, and a text that shares no token with any reference, or has none, has 0. So a text of fewer than four
 * tokens stays below 1 even against itself.
 */
export function bleu(tokens: Tokens, references: readonly Tokens[]): number {
  const precisions = sizes.map((size) => precision(tokens, references, size));
  if (tokens.length === 0 || precisions[0].matches === 0) return 0;
  const logs = precisions.map(({ matches, total }) => Math.log((matches || epsilon) / total));
  const mean = logs.reduce((sum, log) => sum + log, 0) / sizes.length;
  return brevityPenalty(tokens.length, references) * Math.exp(mean);
}

/** Each n-gram matches as often as it occurs in the reference that has it most often. */
function precision(tokens: Tokens, references: readonly Tokens[], size: number) {
  const inReferences = references.map((reference) => countNgrams(reference, size));
  let matches = 0;
  for (const [ngram, count] of countNgrams(tokens, size)) {
    const most = inReferences.reduce((most, counts) => Math.max(most, counts.get(ngram) ?? 0), 0);
    matches += Math.min(count, most);
  }
  return { matches, total: Math.max(1, tokens.length - size + 1) };
}

/** Of two references that are equally close in length, the shorter one counts. */
function brevityPenalty(length: number, references: readonly Tokens[]): number {
  const lengths = references.map((reference) => reference.length);
  const [closest] = lengths.sort((a, b) => Math.abs(a - length) - Math.abs(b - length) || a - b);
  return length > closest ? 1 : Math.exp(1 - closest / length);
}

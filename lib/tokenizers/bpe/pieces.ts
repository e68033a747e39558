/**
 * How GPT-2 cuts text before it merges bytes (Radford et al. 2019): English contractions, words, numbers and runs of
 * signs, each with the space before it, and white space. White space is Unicode's, written out, since JavaScript's
 * `\s` has U+FEFF and lacks U+0085; so Python and JavaScript cut alike.
 */
export const GPT2_PIECES = [
  "'s|'t|'re|'ve|'m|'ll|'d",
  " ?\\p{L}+",
  " ?\\p{N}+",
  " ?[^\\p{White_Space}\\p{L}\\p{N}]+",
  "\\p{White_Space}+(?!\\P{White_Space})",
  "\\p{White_Space}+",
].join("|");

/** The pieces of a text; put together they are the text. No merge crosses from one into the next. */
export function piecesOf(text: string): IterableIterator<RegExpMatchArray> {
  return text.matchAll(new RegExp(GPT2_PIECES, "gu"));
}

import type { Random } from "../../core/random.js";
import { wholeBelow } from "../batches/draws.js";
import { distinctDocuments } from "./distinct.js";
import type { Corpus, CorpusDocument } from "./types.js";

/**
 * Some documents drawn evenly from all that are neither empty nor repeated, in the order of the corpus, in one reading
 * (reservoir sampling, Vitter 1985, algorithm R).
 */
export async function sampleDocuments(
  corpus: Corpus,
  count: number,
  random: Random,
): Promise<CorpusDocument[]> {
  const drawn: { readonly index: number; readonly document: CorpusDocument }[] = [];
  let index = 0;
  for await (const document of distinctDocuments(corpus.documents())) {
    const place = index < count ? index : wholeBelow(index + 1, random);
    if (place < count) drawn[place] = { index, document };
    index++;
  }
  return drawn.sort((a, b) => a.index - b.index).map(({ document }) => document);
}

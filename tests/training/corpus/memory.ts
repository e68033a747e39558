import type { Corpus } from "../../../lib/training/corpus/index.js";

/** A corpus of the given texts. */
export function corpusOf(texts: readonly string[], labels: readonly string[] = []): Corpus {
  return {
    name: "given",
    title: "given texts",
    licence: undefined,
    source: "memory",
    async *documents() {
      for (const [i, text] of texts.entries())
        yield { text, name: `text ${i}`, ...(labels[i] !== undefined && { label: labels[i] }) };
    },
  };
}

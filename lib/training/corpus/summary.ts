import type { CorpusStatistics } from "./statistics.js";
import type { Corpus } from "./types.js";

/** One line of a summary. */
export interface CorpusFact {
  readonly measure: string;
  readonly value: string;
}

/**
 * The statistics in words, one fact a record:
 *
 *     show(corpusSummary(corpus, await corpusStatistics(corpus)), { title: corpus.title });
 */
export function corpusSummary(corpus: Corpus, statistics: CorpusStatistics): CorpusFact[] {
  const { documents, empty, duplicates, characters, tokens, lengths, characterSet } = statistics;
  const left = [...some(empty, "empty"), ...some(duplicates, "repeated")].join(" and ");
  const { shortest, median, longest } = lengths;
  const facts: [string, string | undefined][] = [
    ["documents", `${count(documents)}${left && `, and ${left} left out`}`],
    ["characters", `${count(characters)}, ${count(characterSet.length)} different`],
    [
      "length",
      documents === 1 ? undefined : `${span(shortest, longest)} characters, median ${count(median)}`,
    ],
    [
      "tokens",
      tokens === undefined
        ? undefined
        : `${count(tokens)}, ${(characters / tokens).toFixed(2)} characters each`,
    ],
    ["labels", listed(statistics.labels)],
    ["parts", listed(statistics.parts)],
    ["licence", corpus.licence ?? "not stated: it is for you to know"],
    ["source", corpus.source],
  ];
  return facts.flatMap(([measure, value]) => (value === undefined ? [] : [{ measure, value }]));
}

/** The histogram of lengths as `barChart` takes it. */
export function lengthChart({ title }: Pick<Corpus, "title">, { lengths, documents }: CorpusStatistics) {
  return {
    title: `How long are the ${count(documents)} documents of ${title}?`,
    labels: lengths.buckets.map(({ from, to }) => span(from, to)),
    values: lengths.buckets.map((bucket) => bucket.documents),
    valueTitle: "documents by their length in characters",
    format: ",d",
  };
}

/** A range of whole numbers, such as `100–199`. */
export function span(from: number, to: number): string {
  return from === to ? count(from) : `${count(from)}–${count(to)}`;
}

/** A whole number with its thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

function some(value: number, what: string): string[] {
  return value === 0 ? [] : [`${count(value)} ${what}`];
}

function listed(counts: Readonly<Record<string, number>>): string | undefined {
  const entries = Object.entries(counts).map(([name, value]) => `${count(value)} ${name}`);
  return entries.length === 0 ? undefined : entries.join(", ");
}

import path from "node:path";
import { displayText } from "../tokenizers/index.js";
import type { Corpus, CorpusDocument, CorpusEntry, CorpusStatistics } from "../training/corpus/index.js";
import { corpusSummary } from "../training/corpus/index.js";
import { count, span } from "../training/corpus/summary.js";
import { bar } from "./bar.js";
import type { Terminal } from "./terminal.js";
import { displayWidth, folded, shortened } from "./width.js";

/** Columns of the longest bar. */
const barWidth = 32;
const shownCharacters = 40;
const sampleLines = 4;

/** The corpora that open by name, one a line. */
export function listText(entries: readonly CorpusEntry[], { width, paint }: Terminal): string {
  const names = widest(entries.map(({ name }) => name));
  const lines = entries.map(({ name, title, licence, size }) => {
    const here = size === undefined ? "not here" : `${(size / 1e6).toFixed(1)} MB`;
    const head = `${name.padEnd(names)}  ${here.padStart(8)}  `;
    return `${paint.heading(head)}${shortened(title, width - head.length)}\n${paint.faint(
      folded(licence, " ".repeat(head.length), width).join("\n"),
    )}`;
  });
  return `${lines.join("\n")}\n`;
}

/** A corpus as a page: facts, histogram of lengths, characters, samples. */
export function corpusText(
  corpus: Corpus,
  statistics: CorpusStatistics,
  samples: readonly CorpusDocument[],
  terminal: Terminal,
): string {
  const { paint, width } = terminal;
  const facts = corpusSummary(corpus, statistics);
  const names = widest(facts.map(({ measure }) => measure));
  const indent = " ".repeat(names + 2);
  const factLines = facts.map(({ measure, value }) => {
    const [first, ...rest] = folded(value, indent, width);
    return [paint.faint(measure.padEnd(names)) + first.slice(names), ...rest].join("\n");
  });
  const blocks = [
    `${paint.heading(corpus.title)}\n${factLines.join("\n")}`,
    ...(statistics.documents > 1 ? [histogram(statistics, terminal)] : []),
    characters(statistics, terminal),
    ...(samples.length > 0 ? [sampleText(corpus, samples, terminal)] : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function histogram({ lengths }: CorpusStatistics, { width, paint }: Terminal): string {
  const labels = lengths.buckets.map(({ from, to }) => span(from, to));
  const counts = lengths.buckets.map(({ documents }) => count(documents));
  const most = Math.max(...lengths.buckets.map(({ documents }) => documents));
  const [left, right] = [widest(labels), widest(counts)];
  const room = Math.max(4, Math.min(barWidth, width - left - right - 4));
  const lines = lengths.buckets.map(({ documents }, i) => {
    const drawn = paint.probability(bar(documents / most, room));
    return `${labels[i].padStart(left)}  ${drawn}  ${counts[i].padStart(right)}`;
  });
  return [paint.heading("documents by length in characters"), ...lines].join("\n");
}

function characters({ characterSet }: CorpusStatistics, { width, paint }: Terminal): string {
  const shown = characterSet.slice(0, shownCharacters).map(({ character }) => displayText(character));
  const rest = characterSet.length - shown.length;
  const title = "characters, the most frequent first";
  const more = rest > 0 ? ` and ${count(rest)} more` : "";
  return [paint.heading(title), ...folded(`${shown.join(" ")}${more}`, "", width)].join("\n");
}

function sampleText(
  { source }: Corpus,
  samples: readonly CorpusDocument[],
  { width, paint }: Terminal,
): string {
  const blocks = samples.map(({ text, name, label }) => {
    const place = name.startsWith(source) ? path.basename(source) + name.slice(source.length) : name;
    const lines = folded(readable(text.slice(0, sampleLines * width + 1)), "  ", width);
    const shown = lines.slice(0, sampleLines);
    if (lines.length > sampleLines) shown.push(paint.faint(`  … ${count(text.length)} characters in all`));
    return `${paint.faint(label === undefined ? place : `${place}, ${label}`)}\n${shown.join("\n")}`;
  });
  return [paint.heading("samples"), ...blocks].join("\n");
}

/** Text with its line ends and hidden characters visible, and its spaces as they are, so that it can be read. */
function readable(text: string): string {
  return text.split(" ").map(displayText).join(" ");
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}

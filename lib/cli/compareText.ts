import { type ComparisonRow, comparisonRowName } from "../decoding/index.js";
import { displayText } from "../tokenizers/index.js";
import type { Terminal } from "./terminal.js";
import { displayWidth, fitted, folded } from "./width.js";

interface Column {
  readonly name: string;
  readonly cell: (row: ComparisonRow) => string;
  /** Rows that have it; all do without it. */
  readonly where?: (row: ComparisonRow) => boolean;
}

const measures: readonly Column[] = [
  { name: "tokens", cell: ({ tokens }) => String(tokens) },
  { name: "log p", cell: ({ logProbPerToken }) => nats(logProbPerToken) },
  { name: "model", cell: ({ modelLogProbPerToken }) => nats(modelLogProbPerToken) },
  {
    name: "distinct-1 -2 -3",
    cell: ({ distinct1, distinct2, distinct3 }) => [distinct1, distinct2, distinct3].map(share).join(" "),
  },
  { name: "repeat", cell: ({ repetition }) => share(repetition) },
  { name: "BLEU", cell: ({ selfBleu }) => share(selfBleu) },
  { name: "target", cell: ({ bleu }) => share(bleu ?? null), where: ({ bleu }) => bleu !== undefined },
  { name: "end", cell: ({ finishReason }) => finishReason },
  { name: "s", cell: ({ seconds }) => seconds.toFixed(2) },
];

const legend =
  "log p: log-probability per token after the chain, model: under the model's own distribution, both in nats. " +
  "distinct-n: different n-grams of all. repeat: share of 4-grams that occurred before. BLEU: likeness to the " +
  "recipe's other texts, target: to the expected one. s: seconds for all texts of the recipe.";

function measuresOf(rows: readonly ComparisonRow[]): readonly Column[] {
  return measures.filter(({ where }) => where === undefined || rows.some(where));
}

/** The measures as a table, a legend, then each text in full. Too narrow a terminal gets them as lists. */
export function compareText(rows: readonly ComparisonRow[], terminal: Terminal): string {
  const { width, paint } = terminal;
  const texts = rows.map((row) => {
    return [paint.heading(comparisonRowName(row, rows)), ...textLines(row.text, width)].join("\n");
  });
  const key = folded(legend, "", width).map(paint.faint).join("\n");
  return `${table(rows, terminal)}\n\n${key}\n\n${texts.join("\n\n")}\n`;
}

function table(rows: readonly ComparisonRow[], { width, paint }: Terminal): string {
  const columns = measuresOf(rows).map(({ name, cell }) => {
    const cells = [name, ...rows.map(cell)];
    const widest = cells.reduce((most, text) => Math.max(most, text.length), 0);
    return cells.map((text) => text.padStart(widest));
  });
  const names = rows.map((row) => comparisonRowName(row, rows));
  const others = columns.reduce((sum, [head]) => sum + 2 + head.length, 0);
  const widest = ["recipe", ...names].reduce((most, name) => Math.max(most, displayWidth(name)), 0);
  if (width - others < 8) return lists(rows, names);
  const room = Math.min(widest, width - others);
  const lines = ["recipe", ...names].map((name, line) =>
    [fitted(name, room), ...columns.map((cells) => cells[line])].join("  "),
  );
  const [head, ...body] = lines;
  return [paint.heading(head), ...body].join("\n");
}

function lists(rows: readonly ComparisonRow[], names: readonly string[]): string {
  const lines = rows.map((row, index) =>
    [names[index], ...measuresOf(rows).map(({ name, cell }) => `  ${name}: ${cell(row).trim()}`)].join("\n"),
  );
  return lines.join("\n");
}

/** Spaces stay spaces here, for texts are to be read; whatever else can't be seen is drawn as a sign. */
function textLines(text: string, width: number): string[] {
  const drawn = text.split("\n").map((line) => line.split(" ").map(displayText).join(" "));
  return drawn.flatMap((line, index) => folded(index < drawn.length - 1 ? `${line}⏎` : line, "  ", width));
}

function nats(value: number): string {
  return value.toFixed(2).replace("-Infinity", "−∞").replace("-", "−");
}

function share(value: number | null): string {
  return value === null ? "   –" : value.toFixed(2);
}

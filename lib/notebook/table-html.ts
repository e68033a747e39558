import { escapeHtml } from "../core/escapeHtml.js";
import type { Cell } from "./column.js";
import { meterHtml, meterWidth } from "./meter.js";
import { palette } from "./palette.js";
import { tableStyle } from "./style-sheet.js";
import type { Table } from "./table.js";
import { tokenHtml, tokenText } from "./tokens.js";

/** Texts longer than this, in characters, show their beginning and unfold on a click. */
const foldBeyond = 240;

/** JupyterLab's own rule puts every cell to the right, against `align`. */
const left = 'align="left" style="text-align:left"';
const leftText =
  'align="left" style="text-align:left;max-width:26em;white-space:normal;word-break:break-word"';

type Column = Table["columns"][number];

/**
 * The table as HTML. Notebooks that are not trusted lose `<style>` and keep classes, inline styles and `align`,
 * and code hosts keep `align` alone, so what carries meaning (the bars, the sides numbers stand on) is written
 * into each cell.
 */
export function tableHtml(table: Table): string {
  const width = widestChoice(table);
  const head = table.columns.map(
    (column) => `<th scope="col" ${side(column)}>${escapeHtml(column.name)}</th>`,
  );
  const rows = Array.from({ length: table.shown }, (_, row) => {
    const cells = table.columns.map((column) => cellHtml(column.cells[row], column, width));
    return `<tr>${indexHtml(table, row)}${cells.join("")}</tr>`;
  });
  const corner = table.index ? "<td></td>" : "";
  return [
    `<style>${tableStyle}</style>`,
    // MathJax would take two dollar signs among the tokens for a formula.
    '<div class="lb-table tex2jax_ignore mathjax_ignore"><table>',
    table.title === undefined
      ? ""
      : `<caption align="top" style="text-align:left">${escapeHtml(table.title)}</caption>`,
    `<thead><tr>${corner}${head.join("")}</tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody></table>${noteHtml(table)}</div>`,
  ].join("\n");
}

function indexHtml(table: Table, row: number): string {
  return table.index ? `<th scope="row" align="right">${escapeHtml(table.index[row] ?? "")}</th>` : "";
}

/** What was left out, then what the author says. */
function noteHtml({ shown, total, note }: Table): string {
  const lines = [shown < total ? `${shown} of ${total} rows` : "", note ?? ""].filter((line) => line !== "");
  return lines.map((line) => `<p class="lb-note">${escapeHtml(line)}</p>`).join("");
}

function side({ cells }: Column): string {
  const first = cells.find((cell) => cell.kind !== "empty");
  const isNumber = first?.kind === "number" || (first?.kind === "probability" && !first.parts);
  return isNumber ? 'align="right"' : left;
}

function cellHtml(cell: Cell | undefined, column: Column, width: number): string {
  if (!cell || cell.kind === "empty") return "<td></td>";
  if (cell.kind === "number") return `<td class="lb-number" align="right">${cell.text}</td>`;
  if (cell.kind === "token") return `<td ${left}>${tokenHtml(cell.parts)}</td>`;
  if (cell.kind === "text") return `<td class="lb-text" ${leftText}>${textHtml(cell.text)}</td>`;
  const colour = column.chosen ? palette.chosen : palette.probability;
  const token = cell.parts ? tokenHtml(cell.parts) : "";
  return `<td ${left}>${meterHtml(token, cell.value, colour, width)}</td>`;
}

/** Width of every meter in em: room for the longest token of the table and its number. */
function widestChoice(table: Table): number {
  const lengths = table.columns.flatMap(({ cells }) =>
    cells.map((cell) => (cell.kind === "probability" ? tokenText(cell.parts ?? []).length : 0)),
  );
  return meterWidth(lengths.reduce((most, length) => Math.max(most, length), 0));
}

function textHtml(text: string): string {
  const marked = (part: string) =>
    escapeHtml(part).replace(/\r?\n/g, '<span class="lb-newline">⏎</span><br>');
  if (text.length <= foldBeyond) return marked(text);
  const start = `${marked(text.slice(0, foldBeyond / 2).trimEnd())}…`;
  return `<details><summary>${start}</summary>${marked(text)}</details>`;
}

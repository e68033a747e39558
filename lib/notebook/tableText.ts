import { type Cell, percent } from "./column.js";
import type { Table } from "./tableLayout.js";
import { tokenText } from "./tokens.js";

/** Texts are cut here in plain text, which cannot fold. */
const longestText = 48;

/** The table in plain text: columns aligned, numbers to the right, a line under the head. */
export function tableText(table: Table): string {
  const columns = table.columns.map(({ name, cells }) => {
    const right = cells.some(
      (cell) => cell.kind === "number" || (cell.kind === "probability" && !cell.parts),
    );
    return align([name, ...cells.map(cellText)], right);
  });
  if (table.index) columns.unshift(align(["", ...table.index], true));
  const lines = Array.from({ length: table.shown + 1 }, (_, row) => {
    return columns
      .map((column) => column[row] ?? "")
      .join("  ")
      .trimEnd();
  });
  const rule = columns.map((column) => "─".repeat(column[0]?.length ?? 0)).join("  ");
  const [head = "", ...rows] = lines;
  const rest = table.shown < table.total ? [`${table.shown} of ${table.total} rows`] : [];
  const before = table.title === undefined ? [] : [table.title, ""];
  const after = table.note === undefined ? [] : ["", table.note];
  return [...before, head, rule, ...rows, ...rest, ...after].join("\n");
}

function align(texts: readonly string[], right: boolean): string[] {
  const width = texts.reduce((most, text) => Math.max(most, text.length), 0);
  return texts.map((text) => (right ? text.padStart(width) : text.padEnd(width)));
}

function cellText(cell: Cell): string {
  if (cell.kind === "empty") return "";
  if (cell.kind === "token") return tokenText(cell.parts);
  if (cell.kind === "number") return cell.text;
  if (cell.kind === "probability") {
    return cell.parts ? `${tokenText(cell.parts)} (${percent(cell.value)})` : percent(cell.value);
  }
  const line = cell.text.replace(/\r?\n/g, "⏎");
  return line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
}

import os from "node:os";

/**
 * @typedef {import("./rounds.mjs").Result} Result
 * @typedef {import("./statistics.mjs").Summary} Summary
 *
 * @typedef {object} Report
 * @property {string} date
 * @property {{ processor: string, cores: number, memoryGb: number, system: string, node: string }} machine
 * @property {Record<string, string>} versions
 * @property {number} rounds
 * @property {readonly Result[]} results
 */

/** What the figures were taken on. */
export function describeMachine() {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.arch()}`,
    node: process.version,
  };
}

const HEADER = ["", "", "median", "unit", "ratio to the first (min to max)", "goal"];

/**
 * The report as a table: plain with aligned columns, or Markdown.
 * @param {Report} report
 * @param {{ markdown: boolean }} options
 */
export function formatReport({ date, machine, versions, rounds, results }, { markdown }) {
  const rows = results.flatMap(({ title, precision, unit, entries }) =>
    entries.map(({ label, value, ratio, goal }, index) => [
      index === 0 ? [title, precision ?? []].flat().join(", ") : "",
      label,
      digits(value.median),
      unit,
      ratio ? `${digits(ratio.median)} (${digits(ratio.min)} to ${digits(ratio.max)})` : "",
      goal === undefined || !ratio ? "" : `${digits(goal)}: ${ratio.median >= goal ? "met" : "missed"}`,
    ]),
  );
  const { processor, cores, memoryGb, system, node } = machine;
  const facts = [
    `${date}, ${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node.js ${node}`,
    Object.values(versions).join("; "),
    `Medians of ${rounds} rounds; each ratio is taken within a round, in which every contender has its turn.`,
  ];
  const table = markdown ? markdownTable(rows) : plainTable(rows);
  return `${table}\n\n${facts.join(markdown ? "\n\n" : "\n")}`;
}

/** @param {readonly string[][]} rows */
function markdownTable(rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(HEADER), line(["---", "---", "---:", "---", "---:", "---"]), ...rows.map(line)].join("\n");
}

/** @param {readonly string[][]} rows */
function plainTable(rows) {
  const all = [HEADER, ...rows];
  const widths = HEADER.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    cells.map((cell, column) =>
      column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  return all.map((cells) => line(cells).join("  ").trimEnd()).join("\n");
}

/** @param {number} number three significant digits, whole from 100 on */
function digits(number) {
  return number >= 100 ? Math.round(number).toLocaleString("en") : String(Number(number.toPrecision(3)));
}

import { OptionError } from "../core/errors.js";
import { escapeHtml } from "../core/escapeHtml.js";
import { type ComparisonRow, comparisonRowName } from "../decoding/index.js";
import { palette } from "./palette.js";
import type { Figure } from "./plot.js";
import { inInk } from "./plot-template.js";

type Measure = "modelLogProbPerToken" | "distinct2" | "repetition" | "seconds";

/** What is measured in each panel, with its unit, and how its numbers are written. */
const panels: readonly { readonly measure: Measure; readonly title: string; readonly format: string }[] = [
  { measure: "modelLogProbPerToken", title: "log p / token, nats", format: ".2f" },
  { measure: "distinct2", title: "distinct-2", format: ".2f" },
  { measure: "repetition", title: "repeated 4-grams", format: ".2f" },
  { measure: "seconds", title: "seconds", format: ".1f" },
];
const gap = 0.06;
/** From the number at a bar's end to the next panel, as a share of the longest bar. */
const roomForNumber = 1.5;

/**
 * What `compare` measured, a panel for each measure and a bar for each text, so that recipes are read side by side:
 * log-probability per token under the model, distinct-2, the share of repeated 4-grams, and seconds. A measure that a
 * text is too short for has no bar.
 * @throws OptionError for no row
 */
export function comparisonChart(
  rows: readonly ComparisonRow[],
  title = "One prompt, several recipes",
): Figure {
  if (rows.length === 0) throw new OptionError("rows", rows, "at least one row of a comparison");
  const names = rows.map((row) => comparisonRowName(row, rows));
  const places = rows.map((_, place) => place);
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const axes = panels.map(({ title, measure }, index) => {
    const values = rows
      .map((row) => row[measure])
      .filter((value) => value !== null && Number.isFinite(value));
    const longest = values.reduce<number>((most, value) => Math.max(most, Math.abs(Number(value))), 0) || 1;
    const reach = longest * roomForNumber;
    const start = index * (width + gap);
    return [
      `xaxis${index + 1}`.replace("xaxis1", "xaxis"),
      {
        domain: [start, start + width],
        range: measure === "modelLogProbPerToken" ? [-reach, 0] : [0, reach],
        title: { text: title, font: { size: 12 } },
        nticks: 3,
      },
    ];
  });
  return {
    data: panels.map(({ measure, format }, index) => ({
      type: "bar",
      orientation: "h",
      x: rows.map((row) => row[measure]),
      y: places,
      xaxis: `x${index + 1}`.replace(/^x1$/, "x"),
      marker: { color: palette.probability },
      texttemplate: inInk(`%{x:${format}}`),
      textposition: "outside",
      textangle: 0,
      cliponaxis: false,
      hoverinfo: "skip",
    })),
    layout: {
      title: { text: title },
      height: 140 + 30 * rows.length,
      ...Object.fromEntries(axes),
      yaxis: {
        autorange: "reversed",
        showgrid: false,
        tickvals: places,
        ticktext: names.map(escapeHtml),
        ticklabelstandoff: 6,
      },
    },
  };
}

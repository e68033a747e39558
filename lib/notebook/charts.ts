import { OptionError } from "../core/errors.js";
import { escapeHtml } from "../core/escapeHtml.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { palette } from "./palette.js";
import type { Figure } from "./plot.js";
import { inInk } from "./plotTemplate.js";
import { textParts, tokenText } from "./tokens.js";

/** Bars to be drawn from the top down, one for each label. */
export interface BarChartOptions {
  /** The finding or the question. */
  readonly title: string;
  /** What a bar stands for; blanks are made visible, so tokens can be given as they are. */
  readonly labels: readonly string[];
  /** Length of each bar, in the unit of `valueTitle`. */
  readonly values: ArrayLike<number>;
  /** What the length measures, with its unit. */
  readonly valueTitle: string;
  /** d3 format of the number at each bar's end. Default `.2f`; `.2%` for probabilities. */
  readonly format?: string;
  /** Position of the label that was chosen, drawn in the colour of the chosen token. */
  readonly chosen?: number;
}

const names: OptionNames<BarChartOptions> = {
  title: true,
  labels: true,
  values: true,
  valueTitle: true,
  format: true,
  chosen: true,
};

/**
 * A figure of horizontal bars, each with its token before it and its number behind it.
 * @throws OptionError unless there are as many values as labels
 */
export function barChart(options: BarChartOptions): Figure {
  assertKnownOptions(options, names);
  const { title, labels, values, valueTitle, format = ".2f", chosen } = options;
  if (values.length !== labels.length) {
    throw new OptionError("values", values.length, `as many as there are labels (${labels.length})`);
  }
  const share = format.endsWith("%");
  const colours = labels.map((_, position) => (position === chosen ? palette.chosen : palette.probability));
  const trace = {
    type: "bar",
    orientation: "h",
    x: Array.from(values),
    // Positions, so that two tokens that look the same stay two bars.
    y: labels.map((_, position) => position),
    marker: { color: colours },
    texttemplate: inInk(`%{x:${format}}`),
    textposition: "outside",
    cliponaxis: false,
    hoverinfo: "skip",
  };
  const yaxis = {
    autorange: "reversed",
    showgrid: false,
    tickvals: trace.y,
    ticktext: labels.map(tickText),
    ticklabelstandoff: 6,
    tickfont: { family: "ui-monospace, monospace" },
  };
  const xaxis = { title: { text: valueTitle }, rangemode: "tozero", tickformat: share ? ".0%" : "" };
  return { data: [trace], layout: { title: { text: title }, xaxis, yaxis, margin: { r: 64 } } };
}

/** Monospaced fonts draw the sign for a newline too small to be read. */
function tickText(label: string): string {
  const text = escapeHtml(tokenText(textParts(label)));
  return inInk(text.replaceAll("⏎", '<span style="font-family:system-ui,sans-serif">⏎</span>'));
}

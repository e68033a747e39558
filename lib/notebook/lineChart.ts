import { escapeHtml } from "../core/escapeHtml.js";
import { palette } from "../core/palette.js";
import type { Figure } from "./plot.js";
import { inInk } from "./plot-template.js";

/** A line of a chart. */
export interface ChartLine {
  /** Written at the line's end; empty for none. */
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Drawn thin and pale: what lies behind, such as single batches. */
  readonly faint?: boolean;
}

export interface LineChartOptions {
  /** The finding or the question. */
  readonly title: string;
  /** What the axes measure, with units. */
  readonly xTitle: string;
  readonly yTitle: string;
  readonly lines: readonly ChartLine[];
  /** Axes whose scale is logarithmic. Default none. */
  readonly log?: readonly ("x" | "y")[];
  /** Lowest and highest value of the vertical axis. Default: what the lines need. */
  readonly yRange?: readonly [number, number];
}

/** A figure of lines, each named at its end. Faint lines take the colour of the next line that is not. */
export function lineChart(options: LineChartOptions): Figure {
  const { title, xTitle, yTitle, lines, log = [], yRange } = options;
  const drawn = lines.filter(({ x }) => x.length > 0);
  const colourOf = colourer(drawn);
  const data = drawn.map((line) => ({
    type: "scatter",
    mode: "lines",
    name: line.name,
    x: line.x,
    y: line.y,
    line: { color: colourOf(line), width: line.faint ? 1 : 2.5 },
    opacity: line.faint ? 0.4 : 1,
    hovertemplate: "%{y:.3f}",
  }));
  const place = (value: number, axis: "x" | "y") => (log.includes(axis) ? Math.log10(value) : value);
  const annotations = drawn
    .filter(({ name }) => name !== "")
    .map((line) => ({
      text: `<span style="color:${colourOf(line)}">${escapeHtml(line.name)}</span>`,
      x: place(line.x.at(-1) ?? 0, "x"),
      y: place(line.y.at(-1) ?? 0, "y"),
      xanchor: "left",
      xshift: 6,
      showarrow: false,
    }));
  const axis = (name: "x" | "y", text: string) => ({
    title: { text },
    ...(log.includes(name) && { type: "log", dtick: 1 }),
  });
  return {
    data,
    layout: {
      title: { text: inInk(title) },
      xaxis: axis("x", xTitle),
      yaxis: { ...axis("y", yTitle), ...(yRange && { range: yRange }) },
      margin: { r: 150 },
      annotations,
    },
  };
}

function colourer(lines: readonly ChartLine[]): (line: ChartLine) => string {
  const colours = [palette.series, ...palette.others];
  const clear = lines.filter(({ faint }) => !faint);
  return (line) => {
    const owner = line.faint ? lines.slice(lines.indexOf(line)).find(({ faint }) => !faint) : line;
    return colours[Math.max(clear.indexOf(owner ?? line), 0) % colours.length] ?? palette.series;
  };
}

import { escapeHtml } from "../core/escapeHtml.js";
import { extent } from "../core/extent.js";
import { lineColours } from "../core/lineColours.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { spreadApart } from "../core/spreadApart.js";
import { logTicks, logTickText } from "./logTicks.js";
import type { Figure } from "./plot.js";
import { inInk, plotHeight } from "./plotTemplate.js";

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

const names: OptionNames<LineChartOptions> = {
  title: true,
  xTitle: true,
  yTitle: true,
  lines: true,
  log: true,
  yRange: true,
};

/** Pixels from one name to the next at least. */
const nameGap = 16;

/** A figure of lines, each named at its end. Faint lines take the colour of the next line that is not. */
export function lineChart(options: LineChartOptions): Figure {
  assertKnownOptions(options, names);
  const { title, xTitle, yTitle, lines, log = [], yRange } = options;
  const drawn = lines.filter(({ x }) => x.length > 0);
  const colourOf = lineColours(drawn);
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
  const range = yRange?.map((value) => place(value, "y"));
  const named = drawn.filter(({ name }) => name !== "");
  const ends = named.map((line) => {
    // Where the line is last drawn: a logarithmic axis has no place for 0.
    const last = line.y.findLastIndex((value) => Number.isFinite(place(value, "y")));
    return { x: place(line.x[last] ?? 0, "x"), y: place(line.y[last] ?? 1, "y") };
  });
  const shifts = nameShifts(
    ends.map(({ y }) => y),
    range ?? drawn.flatMap(({ y }) => y.map((value) => place(value, "y"))),
  );
  const annotations = named.map((line, i) => ({
    text: `<span style="color:${colourOf(line)}">${escapeHtml(line.name)}</span>`,
    ...ends[i],
    xanchor: "left",
    xshift: 6,
    yshift: shifts[i],
    showarrow: false,
  }));
  const axis = (name: "x" | "y", text: string) => ({
    title: { text },
    ...(log.includes(name) && logAxis(drawn.flatMap((line) => line[name]))),
  });
  return {
    data,
    layout: {
      title: { text: inInk(title) },
      xaxis: axis("x", xTitle),
      yaxis: { ...axis("y", yTitle), ...(range && { range }) },
      margin: { r: 150 },
      annotations,
    },
  };
}

/** How far up each name has to move, in pixels, so that it doesn't touch the one below. */
function nameShifts(ends: readonly number[], values: readonly number[]): number[] {
  const [low, high] = extent(values);
  const wanted = ends.map((end) => (high > low ? (plotHeight * (end - low)) / (high - low) : 0));
  return spreadApart(wanted, nameGap).map((place, i) => place - (wanted[i] ?? 0));
}

function logAxis(values: readonly number[]) {
  const tickvals = logTicks(values);
  return {
    type: "log",
    tickvals,
    ticktext: tickvals.map(logTickText),
  };
}

import { extent } from "../../core/extent.js";
import { FEW_POINTS } from "../../core/fewPoints.js";
import { lineColours } from "../../core/lineColours.js";
import { spreadApart } from "../../core/spreadApart.js";
import { ticks } from "./ticks.js";

/** A line of a chart. */
export interface Line {
  /** Written at the line's end. */
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and pale, behind the others. */
  readonly faint?: boolean;
}

export interface ChartTitles {
  readonly title: string;
  /** What the axes measure, with units. */
  readonly x: string;
  readonly y: string;
}

const width = 700;
const height = 394;
const margin = { left: 56, right: 128, top: 48, bottom: 48 };

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/**
 * A line chart as SVG that takes the ink of the page around it. Lines are named at their ends; where ends lie close,
 * the names make room. The scale ends a little above the lines that are not faint: higher points of faint ones are cut.
 */
export function chartSvg(lines: readonly Line[], titles: ChartTitles): string {
  const drawn = lines.filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((line) => line.points);
  const clear = drawn.filter(({ faint }) => !faint).flatMap((line) => line.points);
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const x = scale(
    points.map(([value]) => value),
    left,
    right,
  );
  const y = scale(
    points.map(([, value]) => value),
    bottom,
    top,
    clear.map(([, value]) => value),
  );
  const colourOf = lineColours(drawn);
  const paths = drawn.map((line) => {
    const path = line.points.map(([px, py]) => `${x.at(px).toFixed(1)},${y.at(py).toFixed(1)}`).join(" ");
    const look = line.faint ? 'stroke-width="1" opacity="0.45"' : 'stroke-width="2"';
    return `<polyline points="${path}" fill="none" stroke="${colourOf(line)}" ${look}/>`;
  });
  const dots = drawn
    .filter(({ faint, points }) => !faint && points.length <= FEW_POINTS)
    .flatMap((line) => line.points.map(([px, py]) => dot(x.at(px), y.at(py), colourOf(line))));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="currentColor">`,
    `<title>${escapeXml(titles.title)}</title>`,
    `<text x="8" y="24" font-size="16">${escapeXml(titles.title)}</text>`,
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 18, "middle", number(tick))),
    ...y.ticks.map(
      (tick) => grid(left, right, y.at(tick)) + label(left - 8, y.at(tick) + 4, "end", number(tick)),
    ),
    label((left + right) / 2, height - 8, "middle", titles.x),
    `<text transform="rotate(-90)" x="${-(top + bottom) / 2}" y="14" text-anchor="middle">${escapeXml(titles.y)}</text>`,
    `<clipPath id="area"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`,
    `<g clip-path="url(#area)">${paths.join("")}</g>`,
    ...dots,
    ...names(drawn, y, bottom, top).map(
      ({ line, at }) =>
        `<text x="${right + 8}" y="${at.toFixed(1)}" fill="${colourOf(line)}">${escapeXml(line.name)}</text>`,
    ),
    "</svg>",
  ].join("\n");
}

/** @param shown values that decide where the scale ends, if there are at least two */
function scale(values: readonly number[], from: number, to: number, shown: readonly number[] = []): Scale {
  let [low, high] = extent(values);
  const [, top] = extent(shown);
  if (shown.length > 1 && top >= low) high = top + (top - low) * 0.05;
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return {
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
    ticks: ticks(low, high, 5),
  };
}

/** Where each name stands: at its line's end, moved up where it would touch the one below. */
function names(lines: readonly Line[], y: Scale, bottom: number, top: number): { line: Line; at: number }[] {
  const ends = lines
    .filter(({ name }) => name !== "")
    .map((line) => ({ line, at: y.at(line.points.at(-1)?.[1] ?? 0) + 4 }))
    .map(({ line, at }) => ({ line, at: Math.min(Math.max(at, top), bottom) }));
  const above = spreadApart(
    ends.map(({ at }) => -at),
    16,
  );
  return ends.map(({ line }, i) => ({ line, at: -(above[i] ?? 0) }));
}

function grid(from: number, to: number, y: number): string {
  return `<line x1="${from}" x2="${to}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="currentColor" opacity="0.15"/>`;
}

function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour}"/>`;
}

function label(x: number, y: number, anchor: string, text: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-variant-numeric="tabular-nums">${escapeXml(text)}</text>`;
}

function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

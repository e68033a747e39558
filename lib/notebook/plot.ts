import { OptionError } from "../core/errors.js";
import { type DisplayOptions, display, type MimeBundle } from "./display.js";
import { withoutTags } from "./html.js";
import { chartLayout } from "./plotTemplate.js";

/** A Plotly figure: traces and layout as plotly.js takes them. */
export interface Figure {
  readonly data: readonly object[];
  readonly layout?: object;
  readonly config?: object;
}

/** The MIME type that JupyterLab's Plotly extension draws. */
export const plotlyMimeType = "application/vnd.plotly.v1+json";

/** Traces with more points than this are counted in the plain text instead of listed. */
const mostListed = 20;

/**
 * Shows a figure in the shared look: what its layout doesn't say is taken from the template.
 * @throws OptionError unless `figure` has a list of traces
 */
export function plot(figure: Figure, options: DisplayOptions = {}): void {
  if (!isFigure(figure))
    throw new OptionError("figure", figure, "a Plotly figure, { data: [traces], layout }");
  display(figureBundle(figure), options);
}

export function isFigure(value: unknown): value is Figure {
  return typeof value === "object" && value !== null && "data" in value && Array.isArray(value.data);
}

/** The figure in the shared look, with its plain-text twin. */
export function figureBundle(figure: Figure): MimeBundle {
  const layout = chartLayout(figure.layout ?? {});
  const config = { displaylogo: false, displayModeBar: false, ...figure.config };
  return {
    [plotlyMimeType]: { data: figure.data.map(plainArrays), layout, config },
    "text/plain": figureText(figure),
  };
}

/** JSON writes a typed array as an object with numbered keys, which Plotly can't draw. */
function plainArrays(trace: object): object {
  return JSON.parse(JSON.stringify(trace, (_, value) => (isTypedArray(value) ? Array.from(value) : value)));
}

function isTypedArray(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function figureText({ data, layout = {} }: Figure): string {
  const title = titleText(Reflect.get(layout, "title"));
  const traces = data.map((trace) => traceText(trace, layout));
  return [title, ...traces].filter((line) => line !== "").join("\n");
}

function traceText(trace: object, layout: object): string {
  const {
    type = "scatter",
    name,
    x,
    y,
    xaxis = "x",
    yaxis = "y",
  } = trace as { type?: string; name?: string; x?: unknown; y?: unknown; xaxis?: string; yaxis?: string };
  const [across, up] = [axisText(xaxis, x, layout), axisText(yaxis, y, layout)];
  return [name ? `${type} ${name}` : type, across, up].filter((part) => part !== "").join(" · ");
}

/** @param axis as a trace names it: `x`, or `x2` for the axis that a layout calls `xaxis2` */
function axisText(axis: string, values: unknown, layout: object): string {
  if (!Array.isArray(values) && !isTypedArray(values)) return "";
  const key = axis.replace(/^[xy]/, "$&axis");
  const { title, tickvals, ticktext } = (Reflect.get(layout, key) ?? {}) as AxisSettings;
  const name = titleText(title) || axis;
  if (values.length > mostListed) return `${name}: ${values.length} values`;
  const names = new Map(
    ticktext && tickvals?.map((value, position) => [value, withoutTags(String(ticktext[position]))]),
  );
  const points = Array.from(values as ArrayLike<unknown>, (value) => names.get(value) ?? pointText(value));
  return `${name}: ${points.join(", ")}`;
}

interface AxisSettings {
  readonly title?: unknown;
  /** Places on the axis that have a name of their own, and their names. */
  readonly tickvals?: readonly unknown[];
  readonly ticktext?: readonly unknown[];
}

function pointText(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
}

function titleText(title: unknown): string {
  const text: unknown = typeof title === "object" && title !== null ? Reflect.get(title, "text") : title;
  return typeof text === "string" ? withoutTags(text) : "";
}

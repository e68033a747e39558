import { palette } from "./palette.js";

/**
 * A figure carries its colours with it and can't know the theme of the page. SVG text in a span takes
 * `currentColor`, the ink of whatever page it stands on, so it reads well on light and dark and follows a
 * change of theme. Lines and areas are greys and colours that read on both.
 */
const inkStart = '<span style="color:currentColor">';
const inkEnd = "</span>";
const faintLine = "rgba(128,128,128,0.25)";

const axis = {
  automargin: true,
  gridcolor: faintLine,
  zerolinecolor: "rgba(128,128,128,0.6)",
  linecolor: "rgba(128,128,128,0.6)",
  ticks: "",
  tickprefix: inkStart,
  ticksuffix: inkEnd,
  title: { standoff: 12, font: { size: 13 } },
};

/** 16:9. Sizes stand in the layout itself: Plotly forgets a template's when the window changes. */
const size = { width: 700, height: 394 };

/** What every chart of the project looks like where it doesn't say otherwise. */
export const chartTemplate = {
  layout: {
    margin: { l: 56, r: 24, t: 56, b: 48 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    // Read where Plotly paints no span: a grey between the ink of both themes.
    font: { family: "system-ui, -apple-system, 'Segoe UI', sans-serif", size: 13, color: "#777777" },
    title: { x: 0, xref: "container", xanchor: "left", pad: { l: 8 }, font: { size: 16 } },
    colorway: [palette.series, ...palette.others],
    showlegend: false,
    hoverlabel: { font: { family: "system-ui, sans-serif", size: 13 } },
    bargap: 0.3,
    xaxis: axis,
    yaxis: axis,
  },
} as const;

/** Text in the ink of the page around the chart. Plotly's own markup (`<b>`, `<br>`) stays. */
export function inInk(text: string): string {
  return text.startsWith(inkStart) ? text : `${inkStart}${text}${inkEnd}`;
}

/** The layout over the template, its titles and annotations in the ink of the page. */
export function chartLayout(layout: object): object {
  const entries = Object.entries(layout).map(([key, value]) => {
    if (key === "title") return [key, inkTitle(value)];
    if (/^[xy]axis\d*$/.test(key)) return [key, inkAxis(value)];
    if (key === "annotations" && Array.isArray(value)) return [key, value.map(inkText)];
    return [key, value];
  });
  return { template: chartTemplate, ...size, ...Object.fromEntries(entries) };
}

function inkTitle(title: unknown): unknown {
  return typeof title === "string" ? { text: inInk(title) } : inkText(title);
}

function inkText(holder: unknown): unknown {
  if (typeof holder !== "object" || holder === null || !("text" in holder)) return holder;
  return typeof holder.text === "string" ? { ...holder, text: inInk(holder.text) } : holder;
}

/** An axis with its own prefix or suffix, a unit for instance, keeps it inside the ink. */
function inkAxis(axis: unknown): unknown {
  if (typeof axis !== "object" || axis === null) return axis;
  const { title, tickprefix, ticksuffix, ticktext } = axis as {
    title?: unknown;
    tickprefix?: string;
    ticksuffix?: string;
    ticktext?: unknown;
  };
  return {
    ...axis,
    ...(title !== undefined && { title: inkTitle(title) }),
    // Plotly puts neither prefix nor suffix around ticks that are written out.
    ...(Array.isArray(ticktext) && { ticktext: ticktext.map((text) => inInk(String(text))) }),
    ...(tickprefix !== undefined && { tickprefix: `${inkStart}${tickprefix}` }),
    ...(ticksuffix !== undefined && { ticksuffix: `${ticksuffix}${inkEnd}` }),
  };
}

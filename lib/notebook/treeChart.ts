import { OptionError } from "../core/errors.js";
import { escapeHtml } from "../core/escapeHtml.js";
import { extent } from "../core/extent.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { pathTo, type TracedTree, type TreeNode, winnerPath } from "../decoding/index.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import { percent } from "./column.js";
import { palette } from "./palette.js";
import type { Figure } from "./plot.js";
import { inInk } from "./plotTemplate.js";
import { tokenText } from "./tokens.js";
import { type PlacedNode, placeNodes } from "./treeLayout.js";
import { shownNodes } from "./treeWindow.js";

export interface TreeChartOptions {
  /** The finding or the question. Default: what was searched for, and how. */
  readonly title?: string;
  /** The last step that is drawn. Default 10, or all where there are fewer. */
  readonly steps?: number;
  /** How many of each step's dropped continuations are drawn, likeliest first. Default: as many as beams. */
  readonly pruned?: number;
}

const names: OptionNames<TreeChartOptions> = { title: true, steps: true, pruned: true };

/** One look for each fate. The winner's path is the one dark line. */
const looks = {
  winner: { colour: palette.series, opacity: 1, name: "winner" },
  live: { colour: palette.probability, opacity: 1, name: "live" },
  finished: { colour: palette.probability, opacity: 1, name: "finished" },
  pruned: { colour: "#8c8c8c", opacity: 0.55, name: "pruned" },
} as const;
type Look = keyof typeof looks;

/** Plotly gives a line one thickness, so edges are sorted into these; in pixels, for a probability of 1 the last. */
const thicknesses = [1, 2, 3.5, 5, 7];
const rowHeight = 30;
/** Of the 700 pixels, those left of the score at the right; a character of a label takes 6.7. */
const columnsWidth = 556;
const characterWidth = 6.7;

/**
 * A beam search as a tree that grows to the right: a column for each step, an edge as thick as the token's probability
 * after its parent, dropped continuations faint, the winner's path dark, with its score at its end.
 * @throws OptionError for `steps` below 1, or `pruned` below 0
 */
export function treeChart(traced: TracedTree, options: TreeChartOptions = {}): Figure {
  assertKnownOptions(options, names);
  const { tree, recipe } = traced;
  const { title = defaultTitle(traced), steps = Math.min(10, tree.steps) } = options;
  const { pruned = "numBeams" in recipe ? recipe.numBeams : 0 } = options;
  if (!Number.isInteger(steps) || steps < 1) throw new OptionError("steps", steps, "a whole number from 1");
  if (!Number.isInteger(pruned) || pruned < 0)
    throw new OptionError("pruned", pruned, "a whole number from 0");
  const winner = winnerPath(tree);
  const winners = new Set([0, ...winner.map(({ id }) => id)]);
  const places = placeNodes(shownNodes(tree, steps, pruned));
  const lookOf = (node: TreeNode): Look => (winners.has(node.id) ? "winner" : node.state);
  // What is dark is drawn last, and so on top.
  const order: Look[] = ["pruned", "finished", "live", "winner"];
  const rows = places.map(({ row }) => row);
  const [top, bottom] = extent(rows);
  const last = places.reduce((most, { node }) => Math.max(most, node.born), 0);
  return {
    data: [
      ...order.flatMap((look) => edgeTraces(places, look, lookOf)),
      ...order.map((look) => nodeTrace(traced, places, look, lookOf, last)),
    ],
    layout: {
      title: { text: title },
      height: Math.round(Math.max(240, (bottom - top + 1) * rowHeight + 110)),
      margin: { l: 24, r: 700 - 24 - columnsWidth },
      hovermode: "closest",
      xaxis: {
        title: {
          text: last < tree.steps ? `step (of ${tree.steps}), one token each` : "step, one token each",
        },
        range: [-0.35, last + 0.15],
        showgrid: false,
        zeroline: false,
        dtick: 1,
        tick0: 1,
        tickvals: Array.from({ length: last }, (_, step) => step + 1),
      },
      yaxis: { visible: false, range: [bottom + 0.6, top - 0.8], fixedrange: true },
      annotations: winnerAnnotations(traced, places, winner, last),
    },
  };
}

function defaultTitle({ recipe }: TracedTree): string {
  const beams = "numBeams" in recipe ? `${recipe.numBeams} beams` : "";
  return `What ${recipe.method} considered: ${beams}`;
}

/** Edges of one look, a trace for each thickness; gaps keep them apart. */
function edgeTraces(places: readonly PlacedNode[], look: Look, lookOf: (node: TreeNode) => Look): object[] {
  const at = new Map(places.map((place) => [place.node.id, place]));
  return thicknesses.flatMap((width, index) => {
    const edges = places.filter(({ node }) => {
      return node.parent !== null && lookOf(node) === look && thicknessOf(node) === index;
    });
    if (edges.length === 0) return [];
    const x: (number | null)[] = [];
    const y: (number | null)[] = [];
    for (const { node, row } of edges) {
      const parent = at.get(node.parent ?? 0) as PlacedNode;
      // Down to its row in the first third, then straight on: labels stand over the straight part.
      x.push(parent.node.born, parent.node.born + 0.3, node.born, null);
      y.push(parent.row, row, row, null);
    }
    const { colour, opacity } = looks[look];
    return [
      {
        type: "scatter",
        mode: "lines",
        x,
        y,
        line: { color: colour, width: width + (look === "winner" ? 1 : 0) },
        opacity,
        hoverinfo: "skip",
      },
    ];
  });
}

function thicknessOf({ tokenLogProb }: TreeNode): number {
  const share = Math.min(Math.exp(tokenLogProb), 1);
  return Math.min(Math.floor(share * thicknesses.length), thicknesses.length - 1);
}

function nodeTrace(
  traced: TracedTree,
  places: readonly PlacedNode[],
  look: Look,
  lookOf: (node: TreeNode) => Look,
  columns: number,
): object {
  // A longer one would run into the next column.
  const longest = Math.floor(columnsWidth / (columns + 0.5) / characterWidth);
  const label = (node: TreeNode) => labelOf(node, longest);
  const mine = places.filter(({ node }) => lookOf(node) === look);
  const { colour, opacity, name } = looks[look];
  return {
    type: "scatter",
    mode: "markers+text",
    name,
    x: mine.map(({ node }) => node.born),
    y: mine.map(({ row }) => row),
    marker: {
      color: colour,
      size: mine.map(({ node }) => (node.finishReason ? 11 : 6)),
      symbol: mine.map(({ node }) => (node.finishReason ? "square" : "circle")),
      line: { width: 0 },
    },
    opacity,
    text: mine.map(({ node }) => inInk(look === "winner" ? `<b>${label(node)}</b>` : label(node))),
    textposition: "top left",
    textfont: { family: "ui-monospace, monospace", size: 11 },
    cliponaxis: false,
    hovertext: mine.map(({ node }) => hoverText(traced, node)),
    hoverinfo: "text",
  };
}

function labelOf(node: TreeNode, longest: number): string {
  if (node.parent === null) return "";
  const text = tokenText(tracedTokenParts(node));
  const characters = [...text];
  return escapeHtml(characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : text);
}

function hoverText({ tree, recipe }: TracedTree, node: TreeNode): string {
  if (node.parent === null) return "the prompt";
  const text = pathTo(tree, node.id).map(({ text }) => text);
  const { tokenLogProb, logProb, score, born, ended, state, finishReason, group } = node;
  const penalty = "lengthPenalty" in recipe ? recipe.lengthPenalty : 1;
  return [
    `<b>${labelOf(node, 40)}</b> token ${node.token}, ${percent(Math.exp(tokenLogProb))}`,
    escapeHtml(`…${text.join("").slice(-60)}`.replace(/\s+/g, " ")),
    `log-probability ${logProb.toFixed(2)} nats`,
    `score ${score.toFixed(3)} = ${logProb.toFixed(2)} / ${born}^${penalty}`,
    `${finishReason ? `finished (${finishReason})` : state}${ended === null ? "" : ` in step ${ended}`}`,
    ...(group === undefined ? [] : [`group ${group + 1}`]),
  ].join("<br>");
}

/** The score that won and its length penalty, at the end of the winner's path or where the picture ends. */
function winnerAnnotations(
  { recipe }: TracedTree,
  places: readonly PlacedNode[],
  winner: readonly TreeNode[],
  last: number,
): object[] {
  const end = winner.at(-1);
  const seen = winner.filter(({ born }) => born <= last).at(-1);
  const place = places.find(({ node }) => node === seen);
  if (!end || !place) return [];
  const penalty = "lengthPenalty" in recipe ? recipe.lengthPenalty : 1;
  const fraction = `${end.logProb.toFixed(2)} / ${end.born}<sup>${penalty}</sup>`;
  const rest = end.born > last ? [`… ${end.born - last} more steps`] : [];
  const lines = [...rest, `<b>score ${end.score.toFixed(2)}</b>`, `= ${fraction}`];
  return [
    {
      x: place.node.born,
      y: place.row,
      text: lines.join("<br>").replaceAll("-", "−"),
      showarrow: false,
      align: "left",
      xanchor: "left",
      yanchor: "middle",
      xshift: 10,
      font: { size: 12 },
    },
  ];
}

import { type BeamTree, pathTo, type TreeNode, type TreeStep } from "../decoding/index.js";
import { bar, percent } from "./bar.js";
import type { Terminal } from "./terminal.js";
import { tokenText } from "./traceText.js";
import { fitted, folded, type Piece, shortened, wrapped } from "./width.js";

/** The columns of a node without its token and its bar. */
const otherColumns = 52;
/** Below this width a node is no row of a table any more. */
const narrow = otherColumns + 6;
const indent = " ".repeat(6);

/** Widths of the token and of the bar: what is left of the line, the bar giving way first. */
function columns(width: number): { token: number; bar: number } {
  const token = Math.min(14, Math.max(6, width - otherColumns - 4));
  return { token, bar: Math.min(16, Math.max(0, width - otherColumns - token)) };
}

/** What the columns of `treeStepText` are, with their units. */
export function treeHead({ width, paint }: Terminal): string {
  if (width < narrow) return paint.heading("scores in nats");
  const { token, bar } = columns(width);
  const probability = "probability".padStart(bar + 8).slice(-(bar + 8));
  const names = ["step", " node", " from", fitted("token", token), probability, "log p, nats", "  score"];
  return paint.heading(names.join("  "));
}

/**
 * One step of a beam search: a line for each beam that runs on or ends, with the node that it continues, the token's
 * probability after it, the log-probability of the whole and its score; then what was dropped, likeliest first.
 */
export function treeStepText({ step, born }: TreeStep, terminal: Terminal): string {
  const place = String(step).padStart(4);
  const kept = born.filter(({ state }) => state !== "pruned");
  const lines = kept.map((node, index) => nodeLine(node, index === 0 ? place : "    ", terminal));
  const dropped = born.filter(({ state }) => state === "pruned");
  if (dropped.length > 0) lines.push(wrapped(droppedPieces(dropped, terminal), indent, terminal.width));
  return lines.join("\n");
}

function nodeLine(node: TreeNode, place: string, { width, paint }: Terminal): string {
  const { id, parent, tokenLogProb, logProb, score } = node;
  const probability = Math.exp(tokenLogProb);
  const ends = node.finishReason === undefined ? (text: string) => text : paint.chosen;
  const [sum, ranked] = [logProb.toFixed(2), score.toFixed(3)].map((text) => text.replace("-", "−"));
  if (width < narrow) {
    const token = shortened(tokenText(node), Math.max(1, width - 6 - 16));
    const head = `${place}  ${id} ← ${parent}  ${ends(token)}`;
    const pieces = [percent(probability).trim(), `log p ${sum}`, `score ${ranked}`].map(piece);
    return `${head}\n${wrapped(pieces, indent, width)}`;
  }
  const widths = columns(width);
  const measure = `${paint.probability(bar(probability, widths.bar))} ${percent(probability)}`;
  const token = ends(fitted(tokenText(node), widths.token));
  const ids = [String(id).padStart(5), String(parent).padStart(5)];
  return [place, ...ids, token, measure, sum.padStart(11), ranked.padStart(7)].join("  ");
}

function droppedPieces(dropped: readonly TreeNode[], { paint }: Terminal): Piece[] {
  return dropped.map((node) => {
    const text = `╱${tokenText(node)}╱ ${percent(Math.exp(node.tokenLogProb)).trim()}`;
    return { text, painted: paint.faint(text) };
  });
}

const reasons = {
  enough: "enough sequences have finished",
  bound: "no running beam can do better",
  ended: "every sequence has ended",
};

/** Why the search stopped, and the sequences that it keeps, the winner first. */
export function treeEndText(tree: BeamTree, lengthPenalty: number, { width, paint }: Terminal): string {
  const { nodes, finished, bounds, stopped, steps } = tree;
  const count = (state: string) => nodes.filter((node) => node.state === state).length;
  const compared = bounds.map(({ attainable, worst }) => {
    return `: at best ${attainable.toFixed(3)}, against ${worst.toFixed(3)}`.replaceAll("-", "−");
  });
  const why =
    stopped === undefined ? "" : `, ${reasons[stopped]}${stopped === "bound" ? compared.at(-1) : ""}`;
  const tally = `${nodes.length - 1} nodes: ${count("pruned")} pruned, ${count("live")} left behind`;
  const head = folded(`stopped after ${steps} steps${why}; ${tally}`, "", width);
  const ranking = finished.map((id, place) => {
    const { logProb, score, born } = nodes[id];
    const text = pathTo(tree, id).map(tokenText).join("");
    const line = `score ${score.toFixed(3)} = ${logProb.toFixed(2)} / ${born}^${lengthPenalty}`.replaceAll(
      "-",
      "−",
    );
    const body = folded(text, "     ", width).map((row) => (place === 0 ? paint.chosen(row) : row));
    return [`${String(place + 1).padStart(3)}  ${shortened(line, width - 5)}`, ...body].join("\n");
  });
  return [...head, ...ranking].join("\n");
}

function piece(text: string): Piece {
  return { text, painted: text };
}

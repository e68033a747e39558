import { OptionError } from "../core/errors.js";
import { pathTo, type TracedTree } from "../decoding/index.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import type { MimeBundle } from "./display.js";
import { figureBundle } from "./plot.js";
import { tableBundle } from "./table.js";
import type { TableOptions } from "./tableLayout.js";
import { tokenText } from "./tokens.js";
import { treeChart } from "./treeChart.js";

export function isTracedTree(value: unknown): value is TracedTree {
  if (typeof value !== "object" || value === null || !("tree" in value)) return false;
  const { tree } = value;
  return typeof tree === "object" && tree !== null && "nodes" in tree && Array.isArray(tree.nodes);
}

/**
 * A beam search as `treeChart` draws it. The plain-text twin lists the finished sequences, best first.
 * @throws OptionError for options other than `title`
 */
export function treeBundle(traced: TracedTree, options: TableOptions): MimeBundle {
  const { title, ...others } = options;
  const [unused] = Object.keys(others);
  if (unused) throw new OptionError(unused, Reflect.get(others, unused), "left out: it is for tables");
  const { tree } = traced;
  const rows = tree.finished.map((id, place) => {
    const { logProb, score, born } = tree.nodes[id];
    const text = pathTo(tree, id).map((node) => tokenText(tracedTokenParts(node)));
    return [place + 1, score, logProb, born, text.join("")];
  });
  const count = (state: string) => tree.nodes.filter((node) => node.state === state).length;
  const note = `${tree.nodes.length} nodes: ${count("finished")} lead to an end, ${count("live")} live, ${count("pruned")} pruned`;
  const text = tableBundle(
    { columns: ["place", "score", "log-probability", "tokens", "text"], rows },
    { ...(title !== undefined && { title }), note, decimals: { score: 3, "log-probability": 2 } },
  )["text/plain"];
  return { ...figureBundle(treeChart(traced, title === undefined ? {} : { title })), "text/plain": text };
}

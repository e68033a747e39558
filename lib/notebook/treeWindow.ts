import type { BeamTree, TreeNode } from "../decoding/index.js";

/**
 * The nodes of the first steps, in the order of their ids: all that ran on or ended, and of each step's dropped
 * continuations the likeliest.
 */
export function shownNodes(tree: BeamTree, steps: number, prunedPerStep: number): TreeNode[] {
  const kept = new Set([...tree.nodes.map(({ parent }) => parent), ...tree.frontier, ...tree.finished]);
  const shown = new Set<TreeNode>();
  for (let step = 0; step <= steps; step++) {
    const born = tree.nodes.filter((node) => node.born === step);
    const dropped = born.filter(({ id, state }) => state === "pruned" && !kept.has(id));
    const likeliest = dropped.sort((a, b) => b.logProb - a.logProb).slice(0, prunedPerStep);
    const gone = new Set(dropped);
    for (const node of born) if (!gone.has(node)) shown.add(node);
    for (const node of likeliest) shown.add(node);
  }
  return tree.nodes.filter((node) => shown.has(node));
}

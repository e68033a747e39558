import type { PrefixNode } from "./prefixTree.js";

/** Added to a score to rule a key out. Finite, so that a row with nothing but masked keys is not NaN. */
const MASKED = -1e9;

/**
 * Additive attention mask for a run over new nodes: `[groups * S, T + S]`, each of the S query rows repeated once
 * per group of heads that share keys. A query sees its ancestors, wherever they lie in the past, and itself.
 * @param nodes the S nodes of the run, parents before children; one that has a slot is computed again for its
 * logits only, and its children find its keys in the past
 * @param first the slot of the first past row
 * @param past T, the number of past rows that the graph is given; some may hold nothing
 */
export function treeMask(
  nodes: readonly PrefixNode[],
  first: number,
  past: number,
  groups: number,
): Float32Array {
  const width = past + nodes.length;
  const mask = new Float32Array(groups * nodes.length * width);
  const block = mask.subarray(0, nodes.length * width);
  const rowOf = new Map(nodes.map((node, row) => [node, row]));
  nodes.forEach((node, row) => {
    const target = block.subarray(row * width, (row + 1) * width);
    const parentRow = node.parent && node.parent.slot < 0 ? rowOf.get(node.parent) : undefined;
    if (parentRow === undefined) {
      target.fill(MASKED);
      for (let up = node.parent; up && up.position >= 0; up = up.parent) target[up.slot - first] = 0;
    } else {
      target.set(block.subarray(parentRow * width, (parentRow + 1) * width));
    }
    target[past + row] = 0;
  });
  for (let group = 1; group < groups; group++) mask.copyWithin(group * block.length, 0, block.length);
  return mask;
}

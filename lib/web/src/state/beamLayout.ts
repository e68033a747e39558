import type { BeamTree, TreeNode } from "../../../decoding/tree/types.js";

/** A node of a beam search with its place: `born` columns to the right, `row` lines down. */
export interface PlacedBeam {
  readonly node: TreeNode;
  readonly row: number;
  readonly parentRow: number;
}

/**
 * Gives every node a line. The way to `winner` is the first line, and below each parent the likeliest child goes on in
 * its line; dropped ones come last, so that they hang below what was kept.
 * @param shown leaves a node out with all that grew from it where it says false
 */
export function layoutBeams(
  { nodes }: Pick<BeamTree, "nodes">,
  winner: readonly number[],
  shown: (node: TreeNode) => boolean,
): PlacedBeam[] {
  const children = new Map<number, TreeNode[]>();
  for (const node of nodes) {
    if (node.parent === null || !shown(node)) continue;
    children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  }
  const onWay = new Set(winner);
  const order = ({ id, state, logProb }: TreeNode) =>
    (onWay.has(id) ? 1e9 : 0) + (state === "pruned" ? -1e6 : 0) + logProb;
  const placed: PlacedBeam[] = [];
  let lastRow = -1;
  const place = (node: TreeNode, parentRow: number, goesOn: boolean) => {
    const row = goesOn ? parentRow : ++lastRow;
    placed.push({ node, row, parentRow });
    const below = [...(children.get(node.id) ?? [])].sort((a, b) => order(b) - order(a));
    for (const [index, child] of below.entries()) place(child, row, index === 0);
  };
  const [root] = nodes;
  if (root) place(root, 0, false);
  return placed;
}

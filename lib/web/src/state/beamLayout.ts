import type { BeamTree, TreeNode } from "../../../decoding/tree/types.js";

/** A node of a beam search with its place: `born` columns to the right, `row` lines down. */
export interface PlacedBeam {
  readonly node: TreeNode;
  readonly row: number;
  readonly parentRow: number;
}

/** Dropped in the step that it was born in: it never ran. */
export function wasDropped({ state, born, ended }: TreeNode): boolean {
  return state === "pruned" && born === ended;
}

/**
 * Gives every node a line, each step its column: first those that ran, below them those that were dropped at once, both
 * in the order of their parents, likelier ones first. The way to `winner` is the first line from end to end.
 */
export function layoutBeams(
  { nodes }: Pick<BeamTree, "nodes">,
  winner: readonly number[],
  withDropped: boolean,
): PlacedBeam[] {
  const onWay = new Set(winner);
  const rows = new Map<number, number>();
  const [root, ...others] = nodes;
  if (root === undefined) return [];
  rows.set(root.id, 0);
  const placed: PlacedBeam[] = [{ node: root, row: 0, parentRow: 0 }];
  const parentRow = ({ parent }: TreeNode) => rows.get(parent ?? 0) ?? 0;
  const rank = (node: TreeNode) => [
    onWay.has(node.id) ? 0 : 1,
    wasDropped(node) ? 1 : 0,
    parentRow(node),
    -node.logProb,
  ];
  const last = others.at(-1)?.born ?? 0;
  for (let step = 1; step <= last; step++) {
    const born = others.filter((node) => node.born === step && (withDropped || !wasDropped(node)));
    const sorted = born.map((node) => ({ node, rank: rank(node) })).sort((a, b) => compare(a.rank, b.rank));
    for (const [row, { node }] of sorted.entries()) {
      placed.push({ node, row, parentRow: parentRow(node) });
      rows.set(node.id, row);
    }
  }
  return placed;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}

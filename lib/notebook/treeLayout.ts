import type { TreeNode } from "../decoding/index.js";

/** Where a node is drawn: across by its step, down by its row, which need not be whole. */
export interface PlacedNode {
  readonly node: TreeNode;
  readonly row: number;
}

/**
 * Gives every node a row, so that no two of one step are nearer than 1 and no edges cross. The likeliest child stays as
 * near as it can to its parent's row, so that a road without rivals is straight.
 * @param nodes some nodes of a tree with the parents of all but the first, in the order of their ids
 */
export function placeNodes(nodes: readonly TreeNode[]): PlacedNode[] {
  const [root] = nodes;
  const placed: PlacedNode[] = [{ node: root, row: 0 }];
  let column = placed;
  while (column.length > 0) {
    const children = column.flatMap(({ node, row }) => {
      const born = nodes.filter(({ parent }) => parent === node.id);
      born.sort((a, b) => b.logProb - a.logProb);
      return born.map((child, place) => ({ node: child, wish: row + place }));
    });
    const rows = spaced(children.map(({ wish }) => wish));
    column = children.map(({ node }, index) => ({ node, row: rows[index] }));
    placed.push(...column);
  }
  return placed;
}

/**
 * The places nearest to the wished ones, by least squares, that keep their order and a distance of 1 (isotonic
 * regression by pooling adjacent violators).
 */
function spaced(wishes: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const [index, wish] of wishes.entries()) {
    let pool = { sum: wish - index, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  const bases = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return bases.map((base, index) => base + index);
}

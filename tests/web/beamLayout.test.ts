import { beforeAll, expect, test } from "vitest";
import { traceTree, winnerPath } from "../../lib/decoding/index.js";
import type { TracedTree } from "../../lib/decoding/tree/types.js";
import { tableModel, tableTokenizer } from "../../lib/models/table/index.js";
import { layoutBeams, wasDropped } from "../../lib/web/src/state/beamLayout.js";

const tokens = ["a", "b", "c", "d", "e"];
let traced: TracedTree;

beforeAll(async () => {
  const model = tableModel({ tokens, otherwise: [0.3, 0.25, 0.2, 0.15, 0.1] });
  const open = { model, tokenizer: tableTokenizer({ tokens }) };
  traced = await traceTree(open, "a", { method: "beam", numBeams: 3, maxNewTokens: 5 });
});

test("every node has a place of its own, the winner's way the first line", () => {
  const way = [0, ...winnerPath(traced.tree).map(({ id }) => id)];
  const placed = layoutBeams(traced.tree, way, true);
  expect(placed).toHaveLength(traced.tree.nodes.length);
  expect(new Set(placed.map(({ node, row }) => `${node.born} ${row}`)).size).toBe(placed.length);
  for (const { node, row } of placed) if (way.includes(node.id)) expect(row).toBe(0);
  // No column is longer than what one step considers.
  expect(Math.max(...placed.map(({ row }) => row))).toBeLessThan(6);
});

test("without what was dropped at once, what ran stays", () => {
  const placed = layoutBeams(traced.tree, [0], false);
  expect(placed.map(({ node }) => node.id)).toEqual(
    expect.arrayContaining(traced.tree.nodes.filter((node) => !wasDropped(node)).map(({ id }) => id)),
  );
  expect(placed.some(({ node }) => wasDropped(node))).toBe(false);
});

import type { GraphBuilder } from "../onnx/graph.js";
import { DATA_TYPE } from "../onnx/proto.js";
import { floatWeight, type Matrix, numbersWeight, offsetsWeight, scalesWeight, viewAs } from "./matrix.js";
import { BLOCK, type BlockType, bitsOf, isBlockType } from "./pack.js";

/**
 * Looks up the rows of the embedding table, whose bytes a tied output layer shares.
 * @param ids name of int64 [rows]
 * @returns name of float [rows, width]
 */
export function embed(graph: GraphBuilder, table: Matrix, ids: string): string {
  const { type } = table;
  if (isBlockType(type)) return embedQuantised(graph, table, type, ids);
  const stored = graph.weight(floatWeight(table));
  if (type === "F32") return graph.node("Gather", [stored, ids], "embedding");
  return graph.node("Cast", [graph.node("Gather", [stored, ids], "embedding.half")], "embedding", {
    to: { int: DATA_TYPE.float },
  });
}

function embedQuantised(graph: GraphBuilder, table: Matrix, type: BlockType, ids: string): string {
  const numbers = numbersWeight(table, type);
  const flat = viewAs(numbers, `${numbers.name}.flat`, [table.rows, numbers.byteLength / table.rows]);
  const scales = graph.weight(scalesWeight(table, type));
  const hasOffsets = type === "Q4_1";
  const rows = graph.node(
    "GatherBlockQuantized",
    [graph.weight(flat), ids, scales],
    hasOffsets ? "embedding.symmetric" : "embedding",
    {
      bits: { int: bitsOf(type) },
      block_size: { int: BLOCK },
      gather_axis: { int: 0 },
      quantize_axis: { int: 1 },
    },
  );
  return hasOffsets ? addOffsets(graph, table, ids, rows) : rows;
}

/** Q4_1: each block of 32 numbers of a row is moved by its own offset. */
function addOffsets(graph: GraphBuilder, table: Matrix, ids: string, rows: string): string {
  const stored = graph.weight(offsetsWeight(table)); // [blocks, vocabulary]
  const gathered = graph.node("Gather", [stored, ids], "embedding.offsets", { axis: { int: 1 } });
  const turned = graph.node("Transpose", [gathered], "embedding.offsets.rows", { perm: { ints: [1, 0] } });
  const blocks = table.columns / BLOCK;
  const offsets = graph.node(
    "Reshape",
    [turned, graph.integers([-1, blocks, 1])],
    "embedding.offsets.blocks",
  );
  const numbers = graph.node("Reshape", [rows, graph.integers([-1, blocks, BLOCK])], "embedding.blocks");
  const moved = graph.node("Add", [numbers, offsets], "embedding.moved");
  return graph.node("Reshape", [moved, graph.integers([-1, table.columns])], "embedding");
}

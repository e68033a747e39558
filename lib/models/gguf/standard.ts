import { DecoderWriter } from "./decoder.js";
import type { Precision } from "./linear.js";
import type { LlamaShape } from "./llama.js";
import { GraphBuilder } from "./onnx/graph.js";
import { DATA_TYPE } from "./onnx/proto.js";
import type { WeightFile } from "./onnx/weights.js";
import type { GgufFile } from "./reader.js";
import { ropeTables } from "./rope.js";

/** Added to the scores of padding; large enough to silence it, small enough to stay finite. */
const MASKED = -1e9;

/** transformers.js makes an empty cache by the names of its dimensions: this one it must know. */
const BATCH = "batch_size";

/**
 * The graph in the layout of transformers.js, whose cache goes in and comes out with each run. The inputs are
 * - `input_ids` int64 [B, S]; `attention_mask` int64 [B, T + S], 0 for padding
 * - `num_logits_to_keep` int64 []: logits of the last n tokens, 0 for all
 * - `past_key_values.{layer}.key`, `.value` float [B, kvHeads, T, headSize]
 *
 * and the outputs `logits` float [B, n, vocabulary] and `present.{layer}.key`, `.value` with T + S rows. Positions
 * count padding too. Rotary scores depend on distances only, so padding to the left shifts nothing, as long as a
 * row's padding stays the same from run to run.
 */
export function standardGraph(
  file: GgufFile,
  shape: LlamaShape,
  precision: Precision,
  weights: WeightFile,
): Uint8Array {
  const graph = new GraphBuilder("standard", weights);
  const { layers, kvHeads, headSize, width, vocabSize } = shape;
  graph.input("input_ids", "int64", [BATCH, "sequence_length"]);
  graph.input("attention_mask", "int64", [BATCH, "total_sequence_length"]);
  graph.input("num_logits_to_keep", "int64", []);
  for (const name of cacheNames("past_key_values", layers)) {
    graph.input(name, "float", [BATCH, kvHeads, "past_sequence_length", headSize]);
  }
  const decoder = new DecoderWriter(graph, file, shape, precision);
  const attention = groupedAttention(graph, file, shape);
  const ids = graph.node("Reshape", ["input_ids", graph.integers([-1])], "ids");
  const states = graph.node("Reshape", [decoder.layers(ids, attention), tokenShape(graph, width)], "states");
  const flat = graph.node("Reshape", [lastTokens(graph, states), graph.integers([-1, width])], "hidden");
  const batch = graph.node("Gather", ["token_shape", graph.integers([0])], "batch");
  const logitShape = graph.node("Concat", [batch, graph.integers([-1, vocabSize])], "logits.shape", {
    axis: { int: 0 },
  });
  graph.node("Reshape", [decoder.head(flat, "logits.rows"), logitShape], "logits");
  graph.output("logits", "float", [BATCH, "num_logits", vocabSize]);
  for (const name of cacheNames("present", layers))
    graph.output(name, "float", [BATCH, kvHeads, "total_sequence_length", headSize]);
  return graph.encode();
}

function cacheNames(prefix: string, layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [
    `${prefix}.${layer}.key`,
    `${prefix}.${layer}.value`,
  ]).flat();
}

/** The shape [B, S, size] as the graph runs. */
function tokenShape(graph: GraphBuilder, size: number): string {
  const name = `shape.${size}`;
  return graph.node("Concat", ["token_shape", graph.integers([size])], name, { axis: { int: 0 } });
}

/** The last `num_logits_to_keep` tokens of [B, S, width]. */
function lastTokens(graph: GraphBuilder, states: string): string {
  const one = graph.integers([1]);
  const count = graph.node("Reshape", ["num_logits_to_keep", one], "kept");
  const start = graph.node("Neg", [count], "kept.start");
  const end = graph.integers([Number.MAX_SAFE_INTEGER]);
  return graph.node("Slice", [states, start, end, one], "states.kept");
}

/** onnxruntime's own attention operator, which rotates, caches and masks. */
function groupedAttention(graph: GraphBuilder, file: GgufFile, shape: LlamaShape) {
  const { heads, kvHeads, headSize } = shape;
  const rope = ropeTables(graph, file, shape);
  graph.node("Shape", ["input_ids"], "token_shape");
  const { lengths, total } = sequenceLengths(graph);
  const bias = paddingBias(graph);
  const packedShape = tokenShape(graph, (heads + 2 * kvHeads) * headSize);
  return (layer: number, qkv: string): string => {
    const name = `blk.${layer}`;
    const past = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`];
    const packed = graph.node("Reshape", [qkv, packedShape], `${name}.qkv.packed`);
    const attention = graph.node(
      "GroupQueryAttention",
      [packed, "", "", ...past, lengths, total, rope.cos, rope.sin, "", bias],
      [`${name}.attention.tokens`, `present.${layer}.key`, `present.${layer}.value`],
      {
        num_heads: { int: heads },
        kv_num_heads: { int: kvHeads },
        scale: { float: 1 / Math.sqrt(headSize) },
        do_rotary: { int: 1 },
      },
    );
    return graph.node("Reshape", [attention, graph.integers([-1, heads * headSize])], `${name}.attention`);
  };
}

/** What the operator wants to know: each row's last position, int32 [B], and their total length, int32 []. */
function sequenceLengths(graph: GraphBuilder): { lengths: string; total: string } {
  const maskShape = graph.node("Shape", ["attention_mask"], "mask_shape");
  const length = graph.node("Gather", [maskShape, graph.integers([1], [])], "length");
  const total = graph.node("Cast", [length], "length.int32", { to: { int: DATA_TYPE.int32 } });
  const last = graph.node("Sub", [length, graph.integers([1], [])], "last");
  const batch = graph.node("Gather", ["token_shape", graph.integers([0])], "rows");
  const lasts = graph.node("Expand", [last, batch], "lasts");
  return { lengths: graph.node("Cast", [lasts], "lasts.int32", { to: { int: DATA_TYPE.int32 } }), total };
}

/** The mask as numbers to add to the scores, [B, 1, S, T + S]. */
function paddingBias(graph: GraphBuilder): string {
  const mask = graph.node("Cast", ["attention_mask"], "mask.float", { to: { int: DATA_TYPE.float } });
  const padding = graph.node("Sub", [graph.float(1), mask], "padding");
  const bias = graph.node("Mul", [padding, graph.float(MASKED)], "padding.bias");
  const spread = graph.node("Unsqueeze", [bias, graph.integers([1, 2])], "padding.bias.4d");
  const tokens = graph.node("Gather", ["token_shape", graph.integers([1])], "tokens");
  const one = graph.integers([1]);
  const shape = graph.node("Concat", [one, one, tokens, one], "bias.shape", { axis: { int: 0 } });
  return graph.node("Expand", [spread, shape], "bias");
}

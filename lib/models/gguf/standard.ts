import { GraphBuilder } from "../onnx/graph.js";
import { DATA_TYPE } from "../onnx/proto.js";
import { MASKED, TOKEN_SHAPE, tokenShape, writeStandardDecoder } from "../onnx/standardLayout.js";
import type { WeightFile } from "../onnx/weights.js";
import { DecoderWriter } from "./decoder.js";
import type { Precision } from "./linear.js";
import type { LlamaShape } from "./llama.js";
import type { GgufFile } from "./reader.js";
import { ropeTables } from "./rope.js";

/**
 * The graph in the layout of transformers.js. Positions count padding too. Rotary scores depend on distances only, so
 * padding to the left shifts nothing, as long as a row's padding stays the same from run to run.
 */
export function standardGraph(
  file: GgufFile,
  shape: LlamaShape,
  precision: Precision,
  weights: WeightFile,
): Uint8Array {
  const graph = new GraphBuilder("standard", weights);
  const decoder = new DecoderWriter(graph, file, shape, precision);
  writeStandardDecoder(graph, shape, {
    hidden: (ids) => decoder.layers(ids, groupedAttention(graph, file, shape)).last,
    head: (hidden, output) => decoder.head(hidden, output),
  });
  return graph.encode();
}

/** onnxruntime's own attention operator, which rotates, caches and masks. */
function groupedAttention(graph: GraphBuilder, file: GgufFile, shape: LlamaShape) {
  const { heads, kvHeads, headSize } = shape;
  const rope = ropeTables(graph, file, shape);
  const { lengths, total } = sequenceLengths(graph);
  const bias = paddingBias(graph);
  const packedShape = tokenShape(graph, [(heads + 2 * kvHeads) * headSize]);
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
  const batch = graph.node("Gather", [TOKEN_SHAPE, graph.integers([0])], "rows");
  const lasts = graph.node("Expand", [last, batch], "lasts");
  return { lengths: graph.node("Cast", [lasts], "lasts.int32", { to: { int: DATA_TYPE.int32 } }), total };
}

/** The mask as numbers to add to the scores, [B, 1, S, T + S]. */
function paddingBias(graph: GraphBuilder): string {
  const mask = graph.node("Cast", ["attention_mask"], "mask.float", { to: { int: DATA_TYPE.float } });
  const padding = graph.node("Sub", [graph.float(1), mask], "padding");
  const bias = graph.node("Mul", [padding, graph.float(MASKED)], "padding.bias");
  const spread = graph.node("Unsqueeze", [bias, graph.integers([1, 2])], "padding.bias.4d");
  const tokens = graph.node("Gather", [TOKEN_SHAPE, graph.integers([1])], "tokens");
  const one = graph.integers([1]);
  const shape = graph.node("Concat", [one, one, tokens, one], "bias.shape", { axis: { int: 0 } });
  return graph.node("Expand", [spread, shape], "bias");
}

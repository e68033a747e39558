import { GraphBuilder } from "../onnx/graph.js";
import type { WeightFile } from "../onnx/weights.js";
import { DecoderWriter } from "./decoder.js";
import type { Precision } from "./linear.js";
import type { LlamaShape } from "./llama.js";
import type { GgufFile } from "./reader.js";
import { type RopeTables, ropeTables } from "./rope.js";

/**
 * The graph whose cache lives outside it. One run reads S tokens that may belong to any tree of texts: each has its
 * position, and an additive mask says which of the T cached and S new tokens it sees. The cache is read in place and
 * never returned, only the new rows are; its owner keeps, crops and shares it as it likes.
 *
 * With G = heads / kvHeads, the inputs are
 * - `input_ids` int64 [S], `position_ids` int64 [1, S]
 * - `bias` float [1, G * S, T + S], added to the scores: 0 where token s sees a token, very negative where it
 *   doesn't; row g * S + s
 * - `logit_rows` int64 [n]: the tokens, 0 to S - 1, after which logits are wanted
 * - `past.{layer}.key`, `past.{layer}.value` float [T, kvHeads, headSize], keys rotated. T is at least 1: onnxruntime
 *   dies on an empty past, so one masked row stands for it
 *
 * and the outputs
 * - `logits` float [n, vocabulary], `hidden` float [n, width]: the normalised states that the logits are made from
 * - `kv_new` float [2 * layers * kvHeads, S, headSize]: key heads, then value heads, of layer 0, of layer 1, ...
 */
export function treeGraph(
  file: GgufFile,
  shape: LlamaShape,
  precision: Precision,
  weights: WeightFile,
): Uint8Array {
  const graph = new GraphBuilder("tree", weights);
  const { layers, kvHeads, headSize, width, vocabSize } = shape;
  graph.input("input_ids", "int64", ["S"]);
  graph.input("position_ids", "int64", [1, "S"]);
  graph.input("bias", "float", [1, "G*S", "T+S"]);
  graph.input("logit_rows", "int64", ["n"]);
  for (let layer = 0; layer < layers; layer++) {
    for (const kind of ["key", "value"])
      graph.input(`past.${layer}.${kind}`, "float", ["T", kvHeads, headSize]);
  }
  const decoder = new DecoderWriter(graph, file, shape, precision);
  const attention = new TreeAttention(graph, shape, ropeTables(graph, file, shape));
  const states = decoder.layers("input_ids", (layer, qkv) => attention.write(layer, qkv));
  decoder.headOfAnyRows(graph.node("Gather", [states, "logit_rows"], "hidden"), "logits");
  graph.node("Concat", attention.fresh, "kv_new", { axis: { int: 0 } });
  graph.output("logits", "float", ["n", vocabSize]);
  graph.output("kv_new", "float", [2 * layers * kvHeads, "S", headSize]);
  graph.output("hidden", "float", ["n", width]);
  return graph.encode();
}

/** Grouped-query attention in two parts, cached and new, joined only in their scores. */
class TreeAttention {
  /** The new keys and values, each [kvHeads, S, headSize], in `kv_new`'s order. */
  readonly fresh: string[] = [];
  readonly #sizes: string;

  constructor(
    readonly graph: GraphBuilder,
    readonly shape: LlamaShape,
    readonly rope: RopeTables,
  ) {
    const pastLength = graph.node("Shape", ["past.0.key"], "T", { start: { int: 0 }, end: { int: 1 } });
    const newLength = graph.node("Shape", ["input_ids"], "S", { start: { int: 0 }, end: { int: 1 } });
    this.#sizes = graph.node("Concat", [pastLength, newLength], "T,S", { axis: { int: 0 } });
  }

  write(layer: number, qkv: string): string {
    const { graph, shape } = this;
    const { heads, headSize } = shape;
    const name = `blk.${layer}`;
    const { query, key, value } = this.#heads(name, qkv);
    this.fresh.push(key, value);
    const weights = this.#weights(name, query, `past.${layer}.key`, key);
    const [ofPast, ofNew] = weights;
    const past = graph.node("FusedMatMul", [ofPast, `past.${layer}.value`], `${name}.read.past`, {
      transBatchB: { int: 1 },
    });
    const fresh = graph.node("MatMul", [ofNew, value], `${name}.read.new`);
    const read = graph.node("Add", [past, fresh], `${name}.read`); // [kvHeads, G * S, headSize]
    const byHead = graph.node("Reshape", [read, graph.integers([heads, -1, headSize])], `${name}.read.heads`);
    const byRow = graph.node("Transpose", [byHead], `${name}.read.rows`, { perm: { ints: [1, 0, 2] } });
    return graph.node("Reshape", [byRow, graph.integers([-1, heads * headSize])], `${name}.attention`);
  }

  /** Query [kvHeads, G * S, headSize] and key, both rotated, and value, the latter two [kvHeads, S, headSize]. */
  #heads(name: string, qkv: string) {
    const { graph, shape, rope } = this;
    const { heads, kvHeads, headSize } = shape;
    const split = graph.integers([1, -1, heads + 2 * kvHeads, headSize]);
    const byRow = graph.node("Reshape", [qkv, split], `${name}.heads.rows`);
    const byHead = graph.node("Transpose", [byRow], `${name}.heads`, { perm: { ints: [0, 2, 1, 3] } });
    const cuts = graph.integers([heads + kvHeads, kvHeads]);
    const plain = graph.node("Split", [byHead, cuts], [`${name}.qk.plain`, `${name}.v.4d`], {
      axis: { int: 1 },
    });
    const rotated = graph.node("RotaryEmbedding", [plain, "position_ids", rope.cos, rope.sin], `${name}.qk`);
    graph.node("Split", [rotated, graph.integers([heads, kvHeads])], [`${name}.q.4d`, `${name}.k.4d`], {
      axis: { int: 1 },
    });
    const threeDimensions = graph.integers([kvHeads, -1, headSize]);
    const flatten = (letter: string) =>
      graph.node("Reshape", [`${name}.${letter}.4d`, threeDimensions], `${name}.${letter}`);
    return { query: flatten("q"), key: flatten("k"), value: flatten("v") };
  }

  /** Attention weights on the cached and on the new tokens, [kvHeads, G * S, T] and [kvHeads, G * S, S]. */
  #weights(name: string, query: string, past: string, key: string): [string, string] {
    const { graph, shape } = this;
    const scaled = { alpha: { float: 1 / Math.sqrt(shape.headSize) }, transB: { int: 1 } };
    const onPast = graph.node("FusedMatMul", [query, past], `${name}.scores.past`, {
      ...scaled,
      transBatchB: { int: 1 },
    });
    const onNew = graph.node("FusedMatMul", [query, key], `${name}.scores.new`, scaled);
    const scores = graph.node("Concat", [onPast, onNew], `${name}.scores`, { axis: { int: 2 } });
    const masked = graph.node("Add", [scores, "bias"], `${name}.scores.masked`);
    const weights = graph.node("Softmax", [masked], `${name}.weights`, { axis: { int: 2 } });
    const names: [string, string] = [`${name}.weights.past`, `${name}.weights.new`];
    graph.node("Split", [weights, this.#sizes], names, { axis: { int: 2 } });
    return names;
  }
}

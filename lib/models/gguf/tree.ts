import { GraphBuilder } from "../onnx/graph.js";
import type { WeightFile } from "../onnx/weights.js";
import { DecoderWriter, type LayerStates } from "./decoder.js";
import type { Precision } from "./linear.js";
import type { LlamaShape } from "./llama.js";
import type { GgufFile } from "./reader.js";
import { type RopeTables, ropeTables } from "./rope.js";

/** Name of the input that says which tokens' states are read. */
const ROWS = "logit_rows";

/** Tokens whose keys lie together, head by head, in the cache that the graph reads. */
export const PAGE = 128;

/** What the rotation multiplies queries and keys by, so that their products need no other scale. */
export function rotationScale({ headSize }: LlamaShape): number {
  return headSize ** -0.25;
}

/**
 * The graph whose cache lives outside it. One run reads S tokens that may belong to any tree of texts: each has its
 * position, and an additive mask says which of the T cached and S new tokens it sees. The cache is read in place and
 * never returned, only the new rows are; its owner keeps, crops and shares it as it likes.
 *
 * The cache comes in pages of P = 128 tokens, so that the keys of one head lie side by side in memory and the cache
 * still grows without being moved; compare PagedAttention (Kwon et al. 2023). T is P times the number of pages.
 *
 * With G = heads / kvHeads, the inputs are
 * - `input_ids` int64 [S], `position_ids` int64 [1, S]
 * - `bias` float [1, N, R, T + S] with N * R = G * S, added to the scores: 0 where token s sees a token, very negative
 *   where it doesn't; row g * S + s. R is the number of rows that are multiplied together, for the caller to choose:
 *   one by one they read the keys in place, together they have them packed first
 * - `logit_rows` int64 [n]: the tokens, 0 to S - 1, after which logits are wanted
 * - `past.{layer}.key`, `past.{layer}.value` float [pages, kvHeads, 1, P, headSize], as `kv_new` gave them. There is at
 *   least one page; slots without a token may hold any numbers, the mask hides them
 *
 * and the outputs
 * - `logits` float [n, vocabulary], `hidden` float [n, width]: the normalised states that the logits are made from
 * - `kv_new` float [2 * layers * kvHeads, 1, S, headSize]: key heads, then value heads, of layer 0, of layer 1, ...
 */
export function treeGraph(
  file: GgufFile,
  shape: LlamaShape,
  precision: Precision,
  weights: WeightFile,
): Uint8Array {
  return writeTree(file, shape, precision, weights, (_, { last }) => last);
}

/**
 * The same graph with one more input, `layers` int64 [m]: `logits` has (1 + m) * n rows, after those of the last layer
 * those that the output layer makes of what each of these layers is given, not normalised: of the embedding for 0. A
 * graph of its own, with the same weights and the same cache, so that the other costs nothing more.
 */
export function layersGraph(
  file: GgufFile,
  shape: LlamaShape,
  precision: Precision,
  weights: WeightFile,
): Uint8Array {
  return writeTree(file, shape, precision, weights, (graph, { before, last }) => {
    graph.input("layers", "int64", ["m"]);
    const width = graph.integers([-1, shape.width]);
    const asked = before.map((state, layer) => graph.node("Gather", [state, ROWS], `early.${layer}`));
    const joined = graph.node("Concat", asked, "early.joined", { axis: { int: 0 } });
    const byLayer = graph.node("Reshape", [joined, graph.integers([shape.layers, -1, shape.width])], "early");
    const chosen = graph.node("Gather", [byLayer, "layers"], "early.chosen"); // [m, n, width]
    const flat = graph.node("Reshape", [chosen, width], "early.rows");
    return graph.node("Concat", [last, flat], "states", { axis: { int: 0 } });
  });
}

/** Names the states that the output layer reads, given the rows of the last layer that are asked for. */
type HeadReading = (graph: GraphBuilder, states: LayerStates) => string;

function writeTree(
  file: GgufFile,
  shape: LlamaShape,
  precision: Precision,
  weights: WeightFile,
  reading: HeadReading,
): Uint8Array {
  const graph = new GraphBuilder("tree", weights);
  const { layers, kvHeads, headSize, width, vocabSize } = shape;
  graph.input("input_ids", "int64", ["S"]);
  graph.input("position_ids", "int64", [1, "S"]);
  graph.input("bias", "float", [1, "N", "R", "T+S"]);
  graph.input(ROWS, "int64", ["n"]);
  for (let layer = 0; layer < layers; layer++) {
    for (const kind of ["key", "value"])
      graph.input(`past.${layer}.${kind}`, "float", ["pages", kvHeads, 1, PAGE, headSize]);
  }
  const decoder = new DecoderWriter(graph, file, shape, precision);
  const attention = new TreeAttention(graph, shape, ropeTables(graph, file, shape, rotationScale(shape)));
  const states = decoder.layers("input_ids", (layer, qkv) => attention.write(layer, qkv));
  const last = graph.node("Gather", [states.last, ROWS], "hidden");
  decoder.headOfAnyRows(reading(graph, { ...states, last }), "logits");
  graph.node("Concat", attention.fresh, "kv_new", { axis: { int: 0 } });
  graph.output("logits", "float", ["rows", vocabSize]);
  graph.output("kv_new", "float", [2 * layers * kvHeads, 1, "S", headSize]);
  graph.output("hidden", "float", ["n", width]);
  return graph.encode();
}

/** [pages, kvHeads, N, R, P] to [kvHeads, N, R, pages, P], and back. */
const PAGES_INSIDE = { perm: { ints: [1, 2, 3, 0, 4] } };
const PAGES_OUTSIDE = { perm: { ints: [3, 0, 1, 2, 4] } };

/**
 * Grouped-query attention in two parts, cached and new, joined only in their scores. The division by the root of the
 * head's size is in the tables of the rotation, half of it on either side of the product: onnxruntime's quick product
 * of a single row takes no factor.
 */
class TreeAttention {
  /** The new keys and values, each [kvHeads, 1, S, headSize], in `kv_new`'s order. */
  readonly fresh: string[] = [];
  readonly #sizes: string;
  /** Shapes to give to queries and to weights on pages; the rows of a product are the caller's choice. */
  readonly #queryShape: string;
  readonly #pagedShape: string;

  constructor(
    readonly graph: GraphBuilder,
    readonly shape: LlamaShape,
    readonly rope: RopeTables,
  ) {
    const { kvHeads, headSize } = shape;
    const axis = (input: string, at: number, output: string) =>
      graph.node("Shape", [input], output, { start: { int: at }, end: { int: at + 1 } });
    const join = (parts: string[], output: string) =>
      graph.node("Concat", parts, output, { axis: { int: 0 } });
    const newLength = axis("input_ids", 0, "S");
    const pages = axis("past.0.key", 0, "pages");
    const pastLength = graph.node("Mul", [pages, graph.integers([PAGE])], "T");
    const products = axis("bias", 1, "N");
    const rows = axis("bias", 2, "R");
    this.#sizes = join([pastLength, newLength], "T,S");
    this.#queryShape = join(
      [graph.integers([kvHeads]), products, rows, graph.integers([headSize])],
      "query.shape",
    );
    this.#pagedShape = join(
      [graph.integers([kvHeads]), products, rows, pages, graph.integers([PAGE])],
      "paged.shape",
    );
  }

  write(layer: number, qkv: string): string {
    const { graph, shape } = this;
    const { heads, headSize } = shape;
    const name = `blk.${layer}`;
    const { query, key, value } = this.#heads(name, qkv);
    this.fresh.push(key, value);
    const [ofPast, ofNew] = this.#weights(name, query, `past.${layer}.key`, key);
    const paged = graph.node("Reshape", [ofPast, this.#pagedShape], `${name}.weights.paged`);
    const byPage = graph.node("Transpose", [paged], `${name}.weights.pages`, PAGES_OUTSIDE);
    const readByPage = graph.node("MatMul", [byPage, `past.${layer}.value`], `${name}.read.pages`);
    const past = graph.node("ReduceSum", [readByPage, graph.integers([0])], `${name}.read.past`, {
      keepdims: { int: 0 },
    });
    const fresh = graph.node("MatMul", [ofNew, value], `${name}.read.new`);
    const read = graph.node("Add", [past, fresh], `${name}.read`); // [kvHeads, N, R, headSize]
    const byHead = graph.node("Reshape", [read, graph.integers([heads, -1, headSize])], `${name}.read.heads`);
    const byRow = graph.node("Transpose", [byHead], `${name}.read.rows`, { perm: { ints: [1, 0, 2] } });
    return graph.node("Reshape", [byRow, graph.integers([-1, heads * headSize])], `${name}.attention`);
  }

  /** Query [kvHeads, N, R, headSize] and key, both rotated, and value, the latter two [kvHeads, 1, S, headSize]. */
  #heads(name: string, qkv: string) {
    const { graph, shape, rope } = this;
    const { heads, kvHeads, headSize } = shape;
    const split = graph.integers([1, -1, heads + 2 * kvHeads, headSize]);
    const byRow = graph.node("Reshape", [qkv, split], `${name}.heads.rows`);
    const byHead = graph.node("Transpose", [byRow], `${name}.heads`, { perm: { ints: [0, 2, 1, 3] } });
    const cuts = graph.integers([heads + kvHeads, kvHeads]);
    const plain = graph.node("Split", [byHead, cuts], [`${name}.qk.plain`, `${name}.v.heads`], {
      axis: { int: 1 },
    });
    const rotated = graph.node("RotaryEmbedding", [plain, "position_ids", rope.cos, rope.sin], `${name}.qk`);
    graph.node("Split", [rotated, graph.integers([heads, kvHeads])], [`${name}.q.heads`, `${name}.k.heads`], {
      axis: { int: 1 },
    });
    const shaped = (letter: string, to: string) =>
      graph.node("Reshape", [`${name}.${letter}.heads`, to], `${name}.${letter}`);
    const ofNew = graph.integers([kvHeads, 1, -1, headSize]);
    return { query: shaped("q", this.#queryShape), key: shaped("k", ofNew), value: shaped("v", ofNew) };
  }

  /** Attention weights on the cached and on the new tokens, [kvHeads, N, R, T] and [kvHeads, N, R, S]. */
  #weights(name: string, query: string, past: string, key: string): [string, string] {
    const { graph } = this;
    const transposed = { transB: { int: 1 } };
    const byPage = graph.node("FusedMatMul", [query, past], `${name}.scores.pages`, transposed);
    const paged = graph.node("Transpose", [byPage], `${name}.scores.paged`, PAGES_INSIDE);
    const joined = graph.integers([0, 0, 0, -1]);
    const onPast = graph.node("Reshape", [paged, joined], `${name}.scores.past`);
    const onNew = graph.node("FusedMatMul", [query, key], `${name}.scores.new`, transposed);
    const scores = graph.node("Concat", [onPast, onNew], `${name}.scores`, { axis: { int: 3 } });
    const masked = graph.node("Add", [scores, "bias"], `${name}.scores.masked`);
    const weights = graph.node("Softmax", [masked], `${name}.weights`, { axis: { int: 3 } });
    const names: [string, string] = [`${name}.weights.past`, `${name}.weights.new`];
    graph.node("Split", [weights, this.#sizes], names, { axis: { int: 3 } });
    return names;
  }
}

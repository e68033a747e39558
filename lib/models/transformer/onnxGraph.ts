import { GraphBuilder } from "../onnx/graph.js";
import { DATA_TYPE } from "../onnx/proto.js";
import { BATCH, MASKED, TOKEN_SHAPE, tokenShape, writeStandardDecoder } from "../onnx/standardLayout.js";
import type { WeightFile } from "../onnx/weights.js";
import type { NamedArray } from "../trainable/createModel.js";
import type { TransformerConfig } from "./config.js";
import { blockNames, FINAL_NORM, POSITIONS, TOKENS } from "./weights.js";

/**
 * A transformer in the layout of transformers.js. Beside its inputs it has `position_ids` int64 [B, S], so that learned
 * positions count a text's own tokens, not the padding before them.
 * @param weights of a checkpoint, by name
 */
export function transformerGraph(
  config: TransformerConfig,
  weights: ReadonlyMap<string, NamedArray>,
  file: WeightFile,
): Uint8Array {
  const { vocabSize, numLayers, numHeads, width } = config;
  const graph = new GraphBuilder("transformer", file);
  const sizes = { vocabSize, width, layers: numLayers, kvHeads: numHeads, headSize: width / numHeads };
  graph.input("position_ids", "int64", [BATCH, "sequence_length"]);

  function weight(name: string): string {
    const { shape, data } = weights.get(name)!;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const load = async () => bytes;
    return graph.weight({ name, type: "float", shape, storage: name, byteLength: bytes.byteLength, load });
  }
  const norm = (x: string, name: string): string =>
    graph.node("LayerNormalization", [x, weight(`${name}.weight`), weight(`${name}.bias`)], name, {
      axis: { int: -1 },
      epsilon: { float: 1e-5 },
    });
  const linear = (x: string, name: string): string => {
    const product = graph.node("MatMul", [x, weight(`${name}.weight`)], `${name}.product`);
    return graph.node("Add", [product, weight(`${name}.bias`)], name);
  };

  function hidden(ids: string): string {
    const positions = graph.node("Reshape", ["position_ids", graph.integers([-1])], "positions");
    const tokens = graph.node("Gather", [weight(TOKENS), ids], "embedded.tokens");
    const places = graph.node("Gather", [weight(POSITIONS), positions], "embedded.positions");
    const shared = {
      heads: numHeads,
      headSize: sizes.headSize,
      shape: tokenShape(graph, [3 * numHeads, sizes.headSize]),
      bias: visibility(graph),
    };
    let x = graph.node("Add", [tokens, places], "embedded");
    for (let block = 0; block < numLayers; block++) {
      const names = blockNames(block);
      const packed = linear(norm(x, names.attentionNorm), names.attentionInput);
      const attended = linear(attention(graph, shared, block, packed), names.attentionOutput);
      const middle = graph.node("Add", [x, attended], `${block}.middle`);
      const inner = linear(norm(middle, names.perceptronNorm), names.perceptronInput);
      const activated = graph.node("FastGelu", [inner], `${block}.gelu`); // the tanh form, as in GPT-2
      x = graph.node("Add", [middle, linear(activated, names.perceptronOutput)], `${block}.end`);
    }
    return norm(x, FINAL_NORM);
  }

  writeStandardDecoder(graph, sizes, {
    hidden,
    head: (states, output) => graph.node("Gemm", [states, weight(TOKENS)], output, { transB: { int: 1 } }),
  });
  return graph.encode();
}

/** What the attention of all blocks shares. */
interface Attention {
  readonly heads: number;
  readonly headSize: number;
  /** Node with the shape [B, S, 3 · heads, headSize]. */
  readonly shape: string;
  /** Node that is added to the scores. */
  readonly bias: string;
}

/** Causal attention of one block over the cache and the new tokens, from [rows, 3 · width] to [rows, width]. */
function attention(
  graph: GraphBuilder,
  { heads, headSize, shape, bias }: Attention,
  block: number,
  packed: string,
): string {
  const name = (part: string) => `${block}.attention.${part}`;
  const perHead = graph.node("Reshape", [packed, shape], name("packed"));
  const byHead = graph.node("Transpose", [perHead], name("heads"), { perm: { ints: [0, 2, 1, 3] } });
  const [queries, keys, values] = ["queries", "keys", "values"].map(name); // [B, heads, S, headSize]
  graph.node("Split", [byHead], [queries, keys, values], { axis: { int: 1 }, num_outputs: { int: 3 } });
  const withPast = (part: string, fresh: string) =>
    graph.node("Concat", [`past_key_values.${block}.${part}`, fresh], `present.${block}.${part}`, {
      axis: { int: 2 },
    });
  const turned = graph.node("Transpose", [withPast("key", keys)], name("turned"), {
    perm: { ints: [0, 1, 3, 2] },
  });
  const scores = graph.node("MatMul", [queries, turned], name("scores"));
  const scaled = graph.node("Mul", [scores, graph.float(1 / Math.sqrt(headSize))], name("scaled"));
  const masked = graph.node("Add", [scaled, bias], name("masked"));
  const shares = graph.node("Softmax", [masked], name("shares"), { axis: { int: -1 } });
  const mixed = graph.node("MatMul", [shares, withPast("value", values)], name("mixed"));
  const joined = graph.node("Transpose", [mixed], name("joined"), { perm: { ints: [0, 2, 1, 3] } });
  return graph.node("Reshape", [joined, graph.integers([-1, heads * headSize])], name("output"));
}

/** What each new token may see, as numbers to add to its scores, [B, 1, S, T + S]: what is not later, nor padding. */
function visibility(graph: GraphBuilder): string {
  const scalar = (value: number) => graph.integers([value], []);
  const maskShape = graph.node("Shape", ["attention_mask"], "mask_shape");
  const total = graph.node("Gather", [maskShape, scalar(1)], "total");
  const fresh = graph.node("Gather", [TOKEN_SHAPE, scalar(1)], "fresh");
  const past = graph.node("Sub", [total, fresh], "past");
  const keys = graph.node("Range", [scalar(0), total, scalar(1)], "key_places");
  const places = graph.node("Range", [past, total, scalar(1)], "query_places");
  const queries = graph.node("Unsqueeze", [places, graph.integers([1])], "query_places.column");
  const earlier = graph.node("LessOrEqual", [keys, queries], "earlier"); // [S, T + S]
  const real = graph.node("Cast", ["attention_mask"], "real", { to: { int: DATA_TYPE.bool } });
  const spread = graph.node("Unsqueeze", [real, graph.integers([1, 2])], "real.4d"); // [B, 1, 1, T + S]
  const visible = graph.node("And", [earlier, spread], "visible");
  return graph.node("Where", [visible, graph.float(0), graph.float(MASKED)], "visibility");
}

import type { GraphBuilder } from "./graph.js";

/** What the layout says of a decoder. */
export interface DecoderSizes {
  readonly layers: number;
  /** Heads of keys and values. */
  readonly kvHeads: number;
  readonly headSize: number;
  readonly width: number;
  readonly vocabSize: number;
}

/** The parts of a decoder that differ between architectures, on a flat list of rows. */
export interface DecoderParts {
  /** Hidden states [rows, width] of int64 ids [rows]; writes `present.{layer}.key` and `.value` by the way. */
  hidden(ids: string): string;
  /** Logits [rows, vocabSize] of hidden states [rows, width]. */
  head(hidden: string, output: string): string;
}

/** transformers.js makes an empty cache by the names of its dimensions: this one it must know. */
export const BATCH = "batch_size";

/** Node that holds the shape of `input_ids`, [B, S], as the graph runs. */
export const TOKEN_SHAPE = "token_shape";

/** Added to the scores of what must not be seen; large enough to silence it, small enough to stay finite. */
export const MASKED = -1e9;

/**
 * Writes a decoder in the layout of transformers.js, whose cache goes in and comes out with each run. The inputs are
 * - `input_ids` int64 [B, S]; `attention_mask` int64 [B, T + S], 0 for padding
 * - `num_logits_to_keep` int64 []: logits of the last n tokens, 0 for all
 * - `past_key_values.{layer}.key`, `.value` float [B, kvHeads, T, headSize]
 *
 * and the outputs `logits` float [B, n, vocabulary] and `present.{layer}.key`, `.value` with T + S rows.
 */
export function writeStandardDecoder(
  graph: GraphBuilder,
  { layers, kvHeads, headSize, width, vocabSize }: DecoderSizes,
  parts: DecoderParts,
): void {
  graph.input("input_ids", "int64", [BATCH, "sequence_length"]);
  graph.input("attention_mask", "int64", [BATCH, "total_sequence_length"]);
  graph.input("num_logits_to_keep", "int64", []);
  for (const name of cacheNames("past_key_values", layers)) {
    graph.input(name, "float", [BATCH, kvHeads, "past_sequence_length", headSize]);
  }
  graph.node("Shape", ["input_ids"], TOKEN_SHAPE);
  const ids = graph.node("Reshape", ["input_ids", graph.integers([-1])], "ids");
  const states = graph.node("Reshape", [parts.hidden(ids), tokenShape(graph, [width])], "states");
  const flat = graph.node("Reshape", [lastTokens(graph, states), graph.integers([-1, width])], "hidden");
  const batch = graph.node("Gather", [TOKEN_SHAPE, graph.integers([0])], "batch");
  const logitShape = graph.node("Concat", [batch, graph.integers([-1, vocabSize])], "logits.shape", {
    axis: { int: 0 },
  });
  graph.node("Reshape", [parts.head(flat, "logits.rows"), logitShape], "logits");
  graph.output("logits", "float", [BATCH, "num_logits", vocabSize]);
  for (const name of cacheNames("present", layers)) {
    graph.output(name, "float", [BATCH, kvHeads, "total_sequence_length", headSize]);
  }
}

/** The shape [B, S, …sizes] as the graph runs. */
export function tokenShape(graph: GraphBuilder, sizes: readonly number[]): string {
  const name = `shape.${sizes.join(".")}`;
  return graph.node("Concat", [TOKEN_SHAPE, graph.integers(sizes)], name, { axis: { int: 0 } });
}

function cacheNames(prefix: string, layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [
    `${prefix}.${layer}.key`,
    `${prefix}.${layer}.value`,
  ]).flat();
}

/** The last `num_logits_to_keep` tokens of [B, S, width]. */
function lastTokens(graph: GraphBuilder, states: string): string {
  const one = graph.integers([1]);
  const count = graph.node("Reshape", ["num_logits_to_keep", one], "kept");
  const start = graph.node("Neg", [count], "kept.start");
  const end = graph.integers([Number.MAX_SAFE_INTEGER]);
  return graph.node("Slice", [states, start, end, one], "states.kept");
}

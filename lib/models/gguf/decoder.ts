import type { GraphBuilder } from "../onnx/graph.js";
import { DATA_TYPE } from "../onnx/proto.js";
import { embed } from "./embedding.js";
import { HeadWriter } from "./head.js";
import { headPart, type LayerParts, type LinearParts, layerParts, partOf } from "./layerParts.js";
import { LinearWriter, type Precision } from "./linear.js";
import type { LlamaShape } from "./llama.js";
import { floatWeight, type Matrix, stack } from "./matrix.js";
import type { GgufFile } from "./reader.js";

/**
 * Writes one layer's attention. `qkv` is [rows, (heads + 2 * kvHeads) * headSize], the result
 * [rows, heads * headSize]; how rows see each other is the writer's own matter.
 */
export type AttentionWriter = (layer: number, qkv: string) => string;

/** The residual stream and its next normalised reading, both [rows, width]. */
interface Stream {
  readonly residual: string;
  readonly normalised: string;
}

/** Names of the states that the layers hand on, each [rows, width]. */
export interface LayerStates {
  /** What goes into each layer: the embedding, then what each layer but the last has made of it. */
  readonly before: readonly string[];
  /** What the last layer hands to the output layer, normalised. */
  readonly last: string;
}

/** Writes what all graphs of a llama model share: everything but attention, on a flat list of rows. */
export class DecoderWriter {
  readonly #linear: LinearWriter;

  constructor(
    readonly graph: GraphBuilder,
    readonly file: GgufFile,
    readonly shape: LlamaShape,
    readonly precision: Precision,
  ) {
    this.#linear = new LinearWriter(graph, file, precision);
  }

  /** @param ids name of int64 [rows] */
  layers(ids: string, attend: AttentionWriter): LayerStates {
    const residual = embed(this.graph, this.#matrix("token_embd"), ids);
    const normalised = this.graph.node(
      "SimplifiedLayerNormalization",
      [residual, this.#vector("blk.0.attn_norm")],
      "blk.0.input",
      { epsilon: { float: this.shape.normEpsilon }, axis: { int: -1 }, stash_type: { int: 1 } },
    );
    let stream: Stream = { residual, normalised };
    const before: string[] = [];
    for (let layer = 0; layer < this.shape.layers; layer++) {
      before.push(stream.residual);
      stream = this.#layer(layer, stream, attend);
    }
    return { before, last: stream.normalised };
  }

  /** Writes the logits, [rows, vocabulary], of hidden states, [rows, width]. */
  head(hidden: string, output: string): string {
    return this.#linear.apply(hidden, output, [headPart(this.file, this.shape)]);
  }

  /** The same for a graph that is asked for one row at one time and for several at another. */
  headOfAnyRows(hidden: string, output: string): string {
    const { graph, file, precision } = this;
    return new HeadWriter(graph, file, this.#linear, precision).write(
      hidden,
      output,
      headPart(this.file, this.shape),
    );
  }

  #layer(layer: number, stream: Stream, attend: AttentionWriter): Stream {
    const { shape } = this;
    const name = `blk.${layer}`;
    const apply = (input: string, { name, parts }: LinearParts) => this.#linear.apply(input, name, parts);
    const parts = layerParts(this.file, shape, layer);
    const qkv = apply(stream.normalised, parts.queriesKeysValues);
    const attention = apply(attend(layer, qkv), parts.attentionOutput);
    const middle = this.#addAndNormalise(stream.residual, attention, `${name}.middle`, `${name}.ffn_norm`);
    const last = layer === shape.layers - 1;
    const norm = last ? "output_norm" : `blk.${layer + 1}.attn_norm`;
    return this.#addAndNormalise(
      middle.residual,
      this.#feedForward(name, parts, middle.normalised),
      `${name}.end`,
      norm,
    );
  }

  /** SwiGLU (Shazeer 2020): down(silu(gate(x)) * up(x)). */
  #feedForward(name: string, { gateUp, down }: LayerParts, input: string): string {
    const { graph } = this;
    const both = this.#linear.apply(input, gateUp.name, gateUp.parts);
    const gate = graph.node("Split", [both], [`${name}.gate`, `${name}.up`], {
      axis: { int: -1 },
      num_outputs: { int: 2 },
    });
    const sigmoid = graph.node("Sigmoid", [gate], `${name}.gate.sigmoid`);
    const silu = graph.node("Mul", [gate, sigmoid], `${name}.gate.silu`);
    const product = graph.node("Mul", [silu, `${name}.up`], `${name}.gated`);
    return this.#linear.apply(product, down.name, down.parts);
  }

  #addAndNormalise(residual: string, update: string, name: string, norm: string): Stream {
    const normalised = this.graph.node(
      "SkipSimplifiedLayerNormalization",
      [residual, update, this.#vector(norm)],
      [`${name}.normalised`, "", "", name],
      { epsilon: { float: this.shape.normEpsilon } },
    );
    return { residual: name, normalised };
  }

  #vector(name: string): string {
    const vector = this.#matrix(name);
    const stored = this.graph.weight(floatWeight(vector, [vector.columns]));
    return vector.type === "F16"
      ? this.graph.node("Cast", [stored], `${stored}.float`, { to: { int: DATA_TYPE.float } })
      : stored;
  }

  #matrix(name: string): Matrix {
    return stack(this.file, name, [partOf(this.file, name)]);
  }
}

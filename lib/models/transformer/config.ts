import type { ConfigSchema } from "../../decoding/configSchema.js";
import { closedObject, countField, nameField } from "../../decoding/schema.js";
import { dropoutField } from "../trainable/fields.js";

/** A transformer of GPT-2's architecture (Radford et al. 2019): pre-norm, learned positions, tied output layer. */
export interface TransformerConfig {
  readonly architecture: "gpt2";
  /** Number of tokens in the vocabulary. */
  readonly vocabSize: number;
  /** The longest text, in tokens, that the model reads: it has one learned vector per position. */
  readonly contextLength: number;
  readonly numLayers: number;
  /** Attention heads per layer; a divisor of `width`. */
  readonly numHeads: number;
  /** Width of the residual stream. The hidden layer of each block's perceptron is four times as wide. */
  readonly width: number;
  /** Share dropped while training, after the embedding, in the attention weights and on each residual branch. Default 0. */
  readonly dropout: number;
}

export const transformerConfig = closedObject({
  architecture: nameField(["gpt2"]),
  vocabSize: countField(1),
  contextLength: countField(1),
  numLayers: countField(1),
  numHeads: countField(1),
  width: countField(1),
  dropout: dropoutField,
}).refine(({ width, numHeads }) => width % numHeads === 0, {
  path: ["numHeads"],
  error: "a divisor of width",
}) satisfies ConfigSchema<TransformerConfig>;

import type { ConfigSchema } from "../../decoding/configSchema.js";
import { closedObject, countField, flagField, nameField } from "../../decoding/schema.js";
import { dropoutField } from "../trainable/fields.js";

/** Which recurrence: Elman's (tanh), a gated recurrent unit (Cho et al. 2014), or long short-term memory. */
export type Recurrence = "rnn" | "gru" | "lstm";

/** A recurrent language model: embedding, one or more recurrent layers, a linear layer over the vocabulary. */
export interface RecurrentConfig {
  readonly architecture: Recurrence;
  /** Number of tokens in the vocabulary. */
  readonly vocabSize: number;
  /** Width of the embedding. */
  readonly embedSize: number;
  /** Width of the hidden state of each layer. */
  readonly hiddenSize: number;
  /** Default 1. */
  readonly numLayers: number;
  /**
   * Share of the values dropped while training on the connections that don't go through time: after the embedding,
   * between layers and before the output (Zaremba et al. 2014). Default 0.
   */
  readonly dropout: number;
  /** Whether the output layer uses the embedding's weights (Press and Wolf 2017). Needs `embedSize` = `hiddenSize`. Default false. */
  readonly tieEmbedding: boolean;
  /** The longest prefix, in tokens, that decoding reads. The recurrence itself has no limit. Default 4096. */
  readonly contextLength: number;
}

export const recurrentConfig = closedObject({
  architecture: nameField(["rnn", "gru", "lstm"]),
  vocabSize: countField(1),
  embedSize: countField(1),
  hiddenSize: countField(1),
  numLayers: countField(1).default(1),
  dropout: dropoutField,
  tieEmbedding: flagField().default(false),
  contextLength: countField(1).default(4096),
}).refine(({ tieEmbedding, embedSize, hiddenSize }) => !tieEmbedding || embedSize === hiddenSize, {
  path: ["tieEmbedding"],
  error: "false unless embedSize and hiddenSize are equal",
}) satisfies ConfigSchema<RecurrentConfig>;

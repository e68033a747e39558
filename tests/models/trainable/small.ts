import type { RecurrentConfig } from "../../../lib/models/recurrent/config.js";
import { ARCHITECTURES } from "../../../lib/models/trainable/config.js";
import type { TransformerConfig } from "../../../lib/models/transformer/config.js";

export { ARCHITECTURES };

const vocabSize = 11;
const contextLength = 16;

function recurrent(architecture: "rnn" | "gru" | "lstm"): RecurrentConfig {
  const sizes = { vocabSize, contextLength, embedSize: 6, hiddenSize: 8, numLayers: 2 };
  return { architecture, ...sizes, dropout: 0, tieEmbedding: false };
}

const gpt2: TransformerConfig = {
  architecture: "gpt2",
  vocabSize,
  contextLength,
  numLayers: 2,
  numHeads: 2,
  width: 8,
  dropout: 0,
};

/** Every architecture as small as it can be and still have all its parts. */
export const SMALL = {
  vocabSize,
  contextLength,
  rnn: recurrent("rnn"),
  gru: recurrent("gru"),
  lstm: recurrent("lstm"),
  gpt2,
} as const;

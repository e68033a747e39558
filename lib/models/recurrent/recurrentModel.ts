import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../backend/backend.js";
import { dropNext, dropoutSites } from "../trainable/dropout.js";
import { disposeWeights, weightFinder } from "../trainable/namedWeights.js";
import type { RecurrentWeights } from "../trainable/operations.js";
import { plainOperations } from "../trainable/plainOperations.js";
import type { ForwardOptions, ForwardResult, TrainableModel } from "../trainable/trainable.js";
import type { RecurrentConfig } from "./config.js";
import { stateCount } from "./plainRecurrent.js";
import { EMBEDDING, layerNames, OUTPUT_BIAS, OUTPUT_WEIGHT } from "./weights.js";

/**
 * A recurrent language model: `forward(tokens, state)` gives logits and the next state, so that a text can be read in
 * pieces. Embedding, one or more recurrent layers, a linear layer over the vocabulary.
 */
export function recurrentModel(
  tf: TensorFlow,
  config: RecurrentConfig,
  weights: ReadonlyMap<string, tf.Variable>,
): TrainableModel {
  const { architecture, vocabSize, hiddenSize, numLayers, dropout } = config;
  const weight = weightFinder(weights);
  const plain = plainOperations(tf);

  function forward(inputs: tf.Tensor2D, state: readonly tf.Tensor[], options: ForwardOptions): ForwardResult {
    const { operations = plain } = options;
    const [batchSize, length] = inputs.shape;
    const drop = dropNext(dropoutSites(dropout, options), operations);
    const embedding = weight<tf.Tensor2D>(EMBEDDING);
    let x = drop(operations.embedding(embedding, inputs.transpose()) as tf.Tensor3D); // [time, batch, embed]
    const states: (readonly tf.Tensor2D[])[] = [];
    for (let layer = 0; layer < numLayers; layer++) {
      const before = state.filter((_, i) => i % numLayers === layer) as tf.Tensor2D[];
      const after = operations.recurrent(architecture, x, before, layerWeights(layer));
      states.push(after.state);
      x = drop(after.outputs);
    }
    const hidden = x.transpose([1, 0, 2]).reshape<tf.Tensor2D>([batchSize * length, hiddenSize]);
    const output = config.tieEmbedding ? embedding : weight<tf.Tensor2D>(OUTPUT_WEIGHT);
    const logits = operations.linearTransposed(hidden, output, weight(OUTPUT_BIAS));
    const parts = Array.from({ length: stateCount(architecture) }, (_, part) => part);
    return {
      logits: logits.reshape([batchSize, length, vocabSize]),
      state: parts.flatMap((part) => states.map((ofLayer) => ofLayer[part])),
    };
  }

  function layerWeights(layer: number): RecurrentWeights {
    const names = layerNames(layer);
    return {
      inputWeight: weight(names.inputWeight),
      hiddenWeight: weight(names.hiddenWeight),
      inputBias: weight(names.inputBias),
      hiddenBias: weight(names.hiddenBias),
    };
  }

  return {
    config,
    weights,
    initialState: (batchSize) =>
      Array.from({ length: numLayers * stateCount(architecture) }, () => tf.zeros([batchSize, hiddenSize])),
    forward,
    dispose: () => disposeWeights(weights),
  };
}

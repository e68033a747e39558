import type * as tf from "@tensorflow/tfjs";
import { OptionError } from "../../core/errors.js";
import type { TensorFlow } from "../backend/backend.js";
import { dropNext, dropoutSites } from "../trainable/dropout.js";
import { disposeWeights, weightFinder } from "../trainable/namedWeights.js";
import { plainOperations } from "../trainable/plainOperations.js";
import type { ForwardOptions, ForwardResult, TrainableModel } from "../trainable/trainable.js";
import { readBlocks, readHead } from "./blocks.js";
import type { TransformerConfig } from "./config.js";
import { POSITIONS, TOKENS } from "./weights.js";

/** A language model of GPT-2's architecture. It has no state: each call reads its tokens from position 0. */
export function transformerModel(
  tf: TensorFlow,
  config: TransformerConfig,
  weights: ReadonlyMap<string, tf.Variable>,
): TrainableModel {
  const { vocabSize, contextLength, numLayers, numHeads, width } = config;
  const weight = weightFinder(weights);
  const plain = plainOperations(tf);

  function forward(inputs: tf.Tensor2D, _: readonly tf.Tensor[], options: ForwardOptions): ForwardResult {
    const { operations = plain } = options;
    const [batchSize, length] = inputs.shape;
    if (length > contextLength) {
      throw new OptionError("length", length, `at most the model's contextLength, ${contextLength}`);
    }
    const nextDropout = dropoutSites(config.dropout, options);
    const positions = weight<tf.Tensor2D>(POSITIONS).slice([0, 0], [length, width]);
    const embedded = operations.embedding(weight<tf.Tensor2D>(TOKENS), inputs).add(positions);
    const hidden = readBlocks(weights, numLayers, embedded.reshape([batchSize * length, width]), {
      operations,
      attend: (queriesKeysValues) =>
        operations.attention(queriesKeysValues, { batchSize, length, numHeads }, nextDropout()),
      drop: dropNext(nextDropout, operations),
    });
    const logits = readHead(weights, hidden, operations);
    return { logits: logits.reshape([batchSize, length, vocabSize]), state: [] };
  }

  return {
    config,
    weights,
    initialState: () => [],
    forward,
    dispose: () => disposeWeights(weights),
  };
}

import type * as tf from "@tensorflow/tfjs";
import { OptionError } from "../../core/errors.js";
import type { TensorFlow } from "../backend/backend.js";
import { dropNext, dropoutSites } from "../trainable/dropout.js";
import { disposeWeights, weightFinder } from "../trainable/namedWeights.js";
import type { Affine } from "../trainable/operations.js";
import { plainOperations } from "../trainable/plainOperations.js";
import type { ForwardOptions, ForwardResult, TrainableModel } from "../trainable/trainable.js";
import type { TransformerConfig } from "./config.js";
import { blockNames, FINAL_NORM, POSITIONS, TOKENS } from "./weights.js";

/** A language model of GPT-2's architecture. It has no state: each call reads its tokens from position 0. */
export function transformerModel(
  tf: TensorFlow,
  config: TransformerConfig,
  weights: ReadonlyMap<string, tf.Variable>,
): TrainableModel {
  const { vocabSize, contextLength, numLayers, numHeads, width } = config;
  const weight = weightFinder(weights);
  const affine = <W extends tf.Tensor>(name: string): Affine<W> => ({
    weight: weight<W>(`${name}.weight`),
    bias: weight<tf.Tensor1D>(`${name}.bias`),
  });
  const plain = plainOperations(tf);

  function forward(inputs: tf.Tensor2D, _: readonly tf.Tensor[], options: ForwardOptions): ForwardResult {
    const { operations = plain } = options;
    const [batchSize, length] = inputs.shape;
    if (length > contextLength) {
      throw new OptionError("length", length, `at most the model's contextLength, ${contextLength}`);
    }
    const nextDropout = dropoutSites(config.dropout, options);
    const drop = dropNext(nextDropout, operations);
    const tokens = weight<tf.Tensor2D>(TOKENS);
    const positions = weight<tf.Tensor2D>(POSITIONS).slice([0, 0], [length, width]);
    const embedded = operations.embedding(tokens, inputs).add(positions);
    let x = drop(embedded.reshape<tf.Tensor2D>([batchSize * length, width])); // the residual stream, one row per token
    for (let block = 0; block < numLayers; block++) {
      const names = blockNames(block);
      const attended = operations.attention(
        operations.normLinear(x, affine(names.attentionNorm), affine(names.attentionInput)),
        { batchSize, length, numHeads },
        nextDropout(),
      );
      x = x.add(drop(operations.linear(attended, affine(names.attentionOutput))));
      const hidden = operations.gelu(
        operations.normLinear(x, affine(names.perceptronNorm), affine(names.perceptronInput)),
      );
      x = x.add(drop(operations.linear(hidden, affine(names.perceptronOutput))));
    }
    const logits = operations.linearTransposed(operations.layerNorm(x, affine(FINAL_NORM)), tokens);
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

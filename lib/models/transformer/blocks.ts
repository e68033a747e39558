import type * as tf from "@tensorflow/tfjs";
import { weightFinder } from "../trainable/namedWeights.js";
import type { Affine, Operations } from "../trainable/operations.js";
import type { TrainableModel } from "../trainable/trainable.js";
import { blockNames, FINAL_NORM, TOKENS } from "./weights.js";

/** How the tokens of a pass see each other. */
export interface BlockReading {
  readonly operations: Operations;
  /** Attention of one block, from queries, keys and values side by side, [rows, 3 · width], to [rows, width]. */
  attend(queriesKeysValues: tf.Tensor2D, block: number): tf.Tensor2D;
  /** Dropout at the next place. */
  drop(x: tf.Tensor2D): tf.Tensor2D;
}

/**
 * The blocks of a GPT-2 transformer, pre-norm, over a residual stream with one row for each token.
 * @param embedded [rows, width]
 * @returns the hidden states after the final norm, [rows, width]
 */
export function readBlocks(
  weights: TrainableModel["weights"],
  numLayers: number,
  embedded: tf.Tensor2D,
  { operations, attend, drop }: BlockReading,
): tf.Tensor2D {
  const weight = weightFinder(weights);
  const affine = <W extends tf.Tensor>(name: string): Affine<W> => ({
    weight: weight<W>(`${name}.weight`),
    bias: weight<tf.Tensor1D>(`${name}.bias`),
  });
  let x = drop(embedded);
  for (let block = 0; block < numLayers; block++) {
    const names = blockNames(block);
    const attended = attend(
      operations.normLinear(x, affine(names.attentionNorm), affine(names.attentionInput)),
      block,
    );
    x = x.add(drop(operations.linear(attended, affine(names.attentionOutput))));
    const hidden = operations.gelu(
      operations.normLinear(x, affine(names.perceptronNorm), affine(names.perceptronInput)),
    );
    x = x.add(drop(operations.linear(hidden, affine(names.perceptronOutput))));
  }
  return operations.layerNorm(x, affine(FINAL_NORM));
}

/** Logits, [rows, vocabSize], of hidden states: the head is tied to the embedding. */
export function readHead(
  weights: TrainableModel["weights"],
  hidden: tf.Tensor2D,
  operations: Operations,
): tf.Tensor2D {
  return operations.linearTransposed(hidden, weightFinder(weights)<tf.Tensor2D>(TOKENS));
}

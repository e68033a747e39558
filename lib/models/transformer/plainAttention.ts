import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../backend/backend.js";

/**
 * Causal self-attention (Vaswani et al. 2017): queries, keys and values side by side, [batch · time, 3 · width], give
 * [batch · time, width]. `drop` is applied to the weights after softmax.
 */
export function plainAttention(
  tf: TensorFlow,
  queriesKeysValues: tf.Tensor2D,
  { batchSize, length, numHeads }: { batchSize: number; length: number; numHeads: number },
  drop: (weights: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor2D {
  const width = queriesKeysValues.shape[1] / 3;
  const [queries, keys, values] = tf
    .split(queriesKeysValues, 3, 1)
    .map((part) =>
      part.reshape([batchSize, length, numHeads, width / numHeads]).transpose<tf.Tensor4D>([0, 2, 1, 3]),
    ); // [batch, heads, time, width / heads]
  const scores = tf.matMul(queries, keys, false, true).mul(Math.sqrt(numHeads / width));
  const weights = drop(tf.softmax(scores.add(causalMask(tf, length)) as tf.Tensor4D));
  return tf
    .matMul(weights, values)
    .transpose([0, 2, 1, 3])
    .reshape([batchSize * length, width]);
}

/** [time, time]: 0 where a position may look, -1e9 where it would look ahead. */
export function causalMask(tf: TensorFlow, length: number): tf.Tensor2D {
  const mask = new Float32Array(length * length);
  for (let row = 0; row < length; row++) mask.fill(-1e9, row * length + row + 1, (row + 1) * length);
  return tf.tensor2d(mask, [length, length]);
}

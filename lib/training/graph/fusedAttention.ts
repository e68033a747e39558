import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import { keepMask } from "../../models/trainable/keepMask.js";
import type { Operations } from "../../models/trainable/operations.js";
import { causalMask } from "../../models/transformer/plainAttention.js";
import type { FusedKernels } from "./fusedKernels.js";

/**
 * Causal self-attention with its gradient written by hand. The gradient of softmax needs only the sum of d · o over the
 * width of a head, not one over all keys, as in FlashAttention (Dao et al. 2022, appendix B.2); dropout leaves that true.
 */
export function fusedAttention(tf: TensorFlow, kernels: FusedKernels): Operations["attention"] {
  const { batchProduct } = kernels;
  return (queriesKeysValues, { batchSize, length, numHeads }, dropout) => {
    const width = queriesKeysValues.shape[1] / 3;
    const size = width / numHeads;
    const scale = 1 / Math.sqrt(size);
    const perHead = [batchSize, length, numHeads, size] as const;
    const keep =
      dropout === undefined
        ? undefined
        : keepMask(tf, [batchSize, numHeads, length, length], dropout.rate, dropout.site).mul<tf.Tensor4D>(
            1 / (1 - dropout.rate),
          );
    const drop = (x: tf.Tensor4D, mask = keep) => (mask === undefined ? x : x.mul<tf.Tensor4D>(mask));
    return tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
      const [together, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
      const parts = together.reshape([batchSize, length, 3, numHeads, size]).transpose([2, 0, 3, 1, 4]);
      const [unscaled, keys, values] = tf.unstack(parts) as tf.Tensor4D[];
      const queries = unscaled.mul<tf.Tensor4D>(scale);
      const scores = tf.matMul(queries, keys, false, true).add<tf.Tensor4D>(causalMask(tf, length));
      const weights = tf.softmax(scores);
      const output = batchProduct(drop(weights), values);
      save([queries, keys, values, weights, output, ...(keep === undefined ? [] : [keep])]);
      return {
        value: output.transpose([0, 2, 1, 3]).reshape([batchSize * length, width]) as tf.Tensor,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [q, k, v, a, o, mask] = saved as tf.Tensor4D[];
          const d = dy.reshape([...perHead]).transpose<tf.Tensor4D>([0, 2, 1, 3]);
          const byValues = batchProduct(drop(a, mask), d, true);
          const byWeights = drop(tf.matMul(d, v, false, true), mask);
          const byScores = byWeights.sub<tf.Tensor4D>(d.mul(o).sum(-1, true)).mul<tf.Tensor4D>(a);
          const byQueries = batchProduct(byScores, k).mul<tf.Tensor4D>(scale);
          const gradients = tf.stack([byQueries, batchProduct(byScores, q, true), byValues]);
          return gradients.transpose([1, 3, 0, 2, 4]).reshape([batchSize * length, 3 * width]);
        },
      };
    })(queriesKeysValues) as tf.Tensor2D;
  };
}

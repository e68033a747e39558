import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../backend/backend.js";
import { plainRecurrent } from "../recurrent/plainRecurrent.js";
import { plainAttention } from "../transformer/plainAttention.js";
import { keepMask } from "./keepMask.js";
import type { DropoutSite, Operations } from "./operations.js";

/** Added to the variance in layer norm, as in GPT-2. */
export const NORM_EPSILON = 1e-5;

/** The layers in ordinary TensorFlow.js: the reference, and what every backend has. */
export function plainOperations(tf: TensorFlow): Operations {
  const linear: Operations["linear"] = (x, { weight, bias }) => tf.matMul(x, weight).add(bias);
  const layerNorm: Operations["layerNorm"] = (x, { weight, bias }) => {
    const centred = x.sub(x.mean(-1, true));
    const variance = centred.square().mean(-1, true);
    return centred.mul(variance.add(NORM_EPSILON).rsqrt()).mul(weight).add(bias);
  };
  const dropout = <T extends tf.Tensor>(x: T, rate: number, site: DropoutSite): T =>
    x.mul(keepMask(tf, x.shape, rate, site)).div<T>(1 - rate);
  return {
    embedding: (table, ids) => tf.gather(table, ids as tf.Tensor1D),
    linear,
    linearTransposed(x, weight, bias) {
      const y: tf.Tensor2D = tf.matMul(x, weight, false, true);
      return bias === undefined ? y : y.add<tf.Tensor2D>(bias);
    },
    layerNorm,
    normLinear: (x, norm, layer) => linear(layerNorm(x, norm), layer),
    gelu(x) {
      const inner = x
        .pow(3)
        .mul(0.044715)
        .add(x)
        .mul(Math.sqrt(2 / Math.PI));
      return inner.tanh().add(1).mul(x).mul(0.5);
    },
    attention: (queriesKeysValues, shape, drop) =>
      plainAttention(tf, queriesKeysValues, shape, (weights) =>
        drop === undefined ? weights : dropout(weights, drop.rate, drop.site),
      ),
    recurrent: (kind, inputs, state, weights) => plainRecurrent(tf, kind, inputs, state, weights),
    dropout,
    crossEntropy(logits, targets) {
      const picked = tf.logSoftmax(logits).mul(tf.oneHot(targets, logits.shape[1]).toFloat());
      return picked.sum().div(-logits.shape[0]).asScalar();
    },
  };
}

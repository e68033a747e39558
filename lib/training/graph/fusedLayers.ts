import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { Operations } from "../../models/trainable/operations.js";
import { NORM_EPSILON } from "../../models/trainable/plainOperations.js";
import type { FusedKernels } from "./fusedKernels.js";

type Fused = Pick<
  Operations,
  "embedding" | "linear" | "linearTransposed" | "normLinear" | "gelu" | "crossEntropy"
>;

/** tanh-form gelu is exactly x · sigmoid(2 · sqrt(2 / pi) · (x + 0.044715 x³)). */
const GELU_1 = 2 * Math.sqrt(2 / Math.PI);
const GELU_3 = GELU_1 * 0.044715;

/** The small layers with gradients written by hand: fewer operations each way, and nothing computed twice. */
export function fusedLayers(tf: TensorFlow, kernels: FusedKernels): Fused {
  const { product } = kernels;

  const linear: Operations["linear"] = (x, layer) =>
    tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
      const [input, weight, bias, save] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
      save([input, weight]);
      return {
        value: kernels.biasAdd(product(input, weight), bias),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [kept, by] = saved as tf.Tensor2D[];
          const up = dy as tf.Tensor2D;
          return [product(up, by, false, true), kernels.crossProduct(kept, up), kernels.biasGradient(up)];
        },
      };
    })(x, layer.weight, layer.bias) as tf.Tensor2D;

  /** Layer norm without gain and bias. */
  const normalise = (x: tf.Tensor2D): tf.Tensor2D =>
    tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
      const [input, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
      const centred = input.sub(input.mean(-1, true));
      const scale = centred.square().mean(-1, true).add(NORM_EPSILON).rsqrt();
      const normal = centred.mul(scale);
      save([normal, scale]);
      return {
        value: normal,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [y, by] = saved;
          const along = y.mul(dy.mul(y).mean(-1, true));
          return dy.sub(dy.mean(-1, true)).sub(along).mul(by);
        },
      };
    })(x) as tf.Tensor2D;

  return {
    embedding: (table, ids) =>
      tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [rows, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
        save([ids]);
        return {
          value: tf.gather(rows, ids as tf.Tensor1D) as tf.Tensor,
          gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
            const flat = dy.reshape([-1, rows.shape[1]]);
            return tf.unsortedSegmentSum(flat, saved.reshape([-1]), rows.shape[0]) as tf.Tensor;
          },
        };
      })(table),
    linear,
    linearTransposed: (x, weight, bias) =>
      tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [input, by] = given as tf.Tensor2D[];
        const save = given[given.length - 1] as tf.GradSaveFunc;
        save([input, by]);
        const y = product(input, by, false, true);
        return {
          value: bias === undefined ? y : kernels.biasAdd(y, given[2] as tf.Tensor1D),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
            const [kept, weights] = saved as tf.Tensor2D[];
            const up = dy as tf.Tensor2D;
            const gradients: tf.Tensor[] = [product(up, weights), kernels.crossProduct(up, kept)];
            return bias === undefined ? gradients : [...gradients, kernels.biasGradient(up)];
          },
        };
      })(...(bias === undefined ? [x, weight] : [x, weight, bias])) as tf.Tensor2D,
    /** Gain and bias of the norm go into the linear layer's weights, which are smaller than the activations. */
    normLinear(x, norm, layer) {
      const weight = layer.weight.mul<tf.Tensor2D>(norm.weight.reshape([-1, 1]));
      const shift = tf.matMul(norm.bias.reshape<tf.Tensor2D>([1, -1]), layer.weight).reshape([-1]);
      return linear(normalise(x), { weight, bias: shift.add(layer.bias) });
    },
    gelu: (x) =>
      tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [input, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
        const square = input.square();
        const gate = square.mul(GELU_3).add(GELU_1).mul(input).sigmoid();
        save([input, square, gate]);
        return {
          value: input.mul(gate),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
            const [at, squared, open] = saved;
            const slope = squared.mul(3 * GELU_3).add(GELU_1);
            return dy.mul(open.add(kernels.sigmoidGradient(open, at).mul(slope)));
          },
        };
      })(x) as tf.Tensor2D,
    crossEntropy: (logits, targets) =>
      tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [scores, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
        const [losses, gradient] = kernels.crossEntropy(scores, targets);
        save([gradient]);
        return {
          value: losses.mean() as tf.Tensor,
          gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => saved.mul(dy.div(saved.shape[0])),
        };
      })(logits) as tf.Scalar,
  };
}

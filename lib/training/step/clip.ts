import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";

/** Length of all gradients taken as one vector. */
export function gradientNorm(tf: TensorFlow, gradients: readonly tf.Tensor[]): tf.Scalar {
  return tf.addN(gradients.map((gradient) => gradient.square().sum<tf.Scalar>())).sqrt();
}

/**
 * The factor that brings a norm down to `clipNorm` where it is above (Pascanu et al. 2013), with PyTorch's 1e-6 in the
 * divisor.
 */
export function clipFactor(tf: TensorFlow, norm: tf.Scalar, clipNorm: tf.Scalar): tf.Scalar {
  return tf.minimum(tf.div(clipNorm, norm.add(1e-6)), 1);
}

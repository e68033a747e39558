import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import { decays, type Optimizer } from "./optimizer.js";

/** The moments of one weight. */
export interface Moments {
  /** Running mean of the gradient. */
  readonly first: tf.Variable;
  /** Running mean of its square. */
  readonly second: tf.Variable;
}

/** Moments before the first step, all zero. */
export function zeroMoments(tf: TensorFlow, weight: tf.Tensor): Moments {
  const zeros = () => tf.tidy(() => tf.variable(tf.zeros(weight.shape)));
  return { first: zeros(), second: zeros() };
}

/**
 * One update of one weight by Adam (Kingma and Ba 2015, algorithm 1), or AdamW: the weight shrinks first.
 * @param iteration the number of this step, from 1
 */
export function adamUpdate(
  tf: TensorFlow,
  weight: tf.Variable,
  gradient: tf.Tensor,
  { first, second }: Moments,
  { beta1, beta2, epsilon, weightDecay }: Optimizer,
  learningRate: number,
  iteration: number,
): void {
  tf.tidy(() => {
    first.assign(first.mul(beta1).add(gradient.mul(1 - beta1)));
    second.assign(second.mul(beta2).add(gradient.square().mul(1 - beta2)));
    const mean = first.div(1 - beta1 ** iteration); // both start at 0, which the divisors undo
    const deviation = second.div(1 - beta2 ** iteration).sqrt();
    const shrink = decays(weight.shape) ? 1 - learningRate * weightDecay : 1;
    weight.assign(weight.mul(shrink).sub(mean.div(deviation.add(epsilon)).mul(learningRate)));
  });
}

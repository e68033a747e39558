import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { Operations } from "../../models/trainable/operations.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import { clipFactor, gradientNorm } from "./clip.js";

/** What one step reads, as tensors. */
export interface StepTensors {
  /** int32 [batch, time] */
  readonly inputs: tf.Tensor2D;
  /** int32 [batch, time] */
  readonly targets: tf.Tensor2D;
  /** Recurrent state to start from. */
  readonly state: readonly tf.Tensor[];
  /** int32, for the dropout masks. */
  readonly dropoutSeed: tf.Scalar;
  /** Upper limit of the gradient's norm; undefined leaves it as it is. */
  readonly clipNorm: tf.Scalar | undefined;
}

export interface StepGradients {
  readonly loss: tf.Scalar;
  /** Before clipping. */
  readonly norm: tf.Scalar;
  /** After clipping, in the order of `model.weights`. */
  readonly gradients: readonly tf.Tensor[];
  readonly state: readonly tf.Tensor[];
}

/** Mean cross-entropy of a batch in nats per token, and the state after it. */
export function batchLoss(
  model: TrainableModel,
  operations: Operations,
  { inputs, targets, state, dropoutSeed }: Omit<StepTensors, "clipNorm">,
  training: boolean,
): { readonly loss: tf.Scalar; readonly state: readonly tf.Tensor[] } {
  const { logits, state: after } = model.forward(inputs, state, { training, dropoutSeed, operations });
  const rows = logits.reshape<tf.Tensor2D>([-1, model.config.vocabSize]);
  return { loss: operations.crossEntropy(rows, targets.reshape([-1])), state: after };
}

/**
 * The part of a training step before the update: loss, back-propagation through the batch, clipping. Nothing flows back
 * into the state, which came from the batch before. Call it inside `tf.tidy`.
 */
export function stepGradients(
  tf: TensorFlow,
  model: TrainableModel,
  operations: Operations,
  tensors: StepTensors,
): StepGradients {
  const weights = [...model.weights.values()];
  let after: readonly tf.Tensor[] = [];
  const { value: loss, grads } = tf.variableGrads(() => {
    const { loss, state } = batchLoss(model, operations, tensors, true);
    after = state.map((tensor) => tf.keep(tensor)); // variableGrads tidies up behind this function
    return loss;
  }, weights);
  const gradients = weights.map(({ name }) => grads[name]);
  const norm = gradientNorm(tf, gradients);
  if (tensors.clipNorm === undefined) return { loss, norm, gradients, state: after };
  const factor = clipFactor(tf, norm, tensors.clipNorm);
  return { loss, norm, gradients: gradients.map((gradient) => gradient.mul(factor)), state: after };
}

import type * as tf from "@tensorflow/tfjs";
import type { Recurrence } from "../recurrent/config.js";

/** Which mask of a forward pass: the pass's seed, and the number of the place in the model. */
export interface DropoutSite {
  readonly seed: tf.Scalar;
  readonly site: number;
}

/** A factor and a summand: of a linear layer, or of a norm. */
export interface Affine<Weight extends tf.Tensor> {
  readonly weight: Weight;
  readonly bias: tf.Tensor1D;
}

/** The weights of one recurrent layer, as PyTorch shapes them; `gates` is 1 (RNN), 3 (GRU) or 4 (LSTM). */
export interface RecurrentWeights {
  /** [gates · hidden, input] */
  readonly inputWeight: tf.Tensor2D;
  /** [gates · hidden, hidden] */
  readonly hiddenWeight: tf.Tensor2D;
  /** [gates · hidden] */
  readonly inputBias: tf.Tensor1D;
  /** [gates · hidden] */
  readonly hiddenBias: tf.Tensor1D;
}

/** Hidden states over time, and the state after the last step. */
export interface RecurrentOutput {
  /** [time, batch, hidden] */
  readonly outputs: tf.Tensor3D;
  /** [batch, hidden] each: the hidden state, then an LSTM's cell state. */
  readonly state: readonly tf.Tensor2D[];
}

/**
 * The few layers that models are made of. The plain ones are the reference: ordinary TensorFlow.js, every backend has
 * them, gradients come from its autodiff. A faster set computes the same with hand-written gradients.
 */
export interface Operations {
  /** Rows of a table [count, width] for int32 ids of any shape: [...ids, width]. */
  embedding(table: tf.Tensor2D, ids: tf.Tensor): tf.Tensor;
  /** x [rows, in] · weight [in, out] + bias [out]. */
  linear(x: tf.Tensor2D, layer: Affine<tf.Tensor2D>): tf.Tensor2D;
  /** The same with the weight as PyTorch's `nn.Linear` stores it, [out, in]. */
  linearTransposed(x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D;
  /** Layer norm over the last axis of x [rows, width], epsilon 1e-5 (Ba et al. 2016). */
  layerNorm(x: tf.Tensor2D, norm: Affine<tf.Tensor1D>): tf.Tensor2D;
  /** Layer norm, then a linear layer. */
  normLinear(x: tf.Tensor2D, norm: Affine<tf.Tensor1D>, layer: Affine<tf.Tensor2D>): tf.Tensor2D;
  /** Gaussian error linear unit in GPT-2's tanh form (Hendrycks and Gimpel 2016). */
  gelu(x: tf.Tensor2D): tf.Tensor2D;
  /**
   * Causal self-attention from queries, keys and values side by side, [batch · time, 3 · width], to
   * [batch · time, width]. `dropout` falls on the attention weights after softmax.
   */
  attention(
    queriesKeysValues: tf.Tensor2D,
    shape: { readonly batchSize: number; readonly length: number; readonly numHeads: number },
    dropout: { readonly rate: number; readonly site: DropoutSite } | undefined,
  ): tf.Tensor2D;
  /** One recurrent layer over inputs [time, batch, in]. */
  recurrent(
    kind: Recurrence,
    inputs: tf.Tensor3D,
    state: readonly tf.Tensor2D[],
    weights: RecurrentWeights,
  ): RecurrentOutput;
  /** Sets a share of the values to 0 and scales the others up, so that the mean stays. */
  dropout<T extends tf.Tensor>(x: T, rate: number, site: DropoutSite): T;
  /** Mean over all rows of -log softmax(logits)[target], in nats: logits [rows, vocab], int32 targets [rows]. */
  crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Scalar;
}

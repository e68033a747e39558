import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../backend/backend.js";
import type { RecurrentOutput, RecurrentWeights } from "../trainable/operations.js";
import type { Recurrence } from "./config.js";

type Cell = (
  tf: TensorFlow,
  /** Input's share of the gates, [batch, gates · hidden]. */
  fromInput: tf.Tensor2D,
  /** The state's share, of the same shape. */
  fromState: tf.Tensor2D,
  state: readonly tf.Tensor2D[],
) => readonly tf.Tensor2D[];

/** One step of each recurrence, in PyTorch's equations and order of gates; the first of the results is the output. */
const CELLS: Record<Recurrence, Cell> = {
  /** h' = tanh(Wx + Uh), Elman 1990. */
  rnn: (_tf, fromInput, fromState) => [fromInput.add<tf.Tensor2D>(fromState).tanh()],

  /** Gates reset r, update z and candidate n, with r applied after the product: n = tanh(Wx + r · Uh). */
  gru(tf, fromInput, fromState, [hidden]) {
    const [inputReset, inputUpdate, inputNew] = tf.split(fromInput, 3, 1);
    const [stateReset, stateUpdate, stateNew] = tf.split(fromState, 3, 1);
    const reset = inputReset.add(stateReset).sigmoid();
    const update = inputUpdate.add(stateUpdate).sigmoid();
    const candidate = inputNew.add<tf.Tensor2D>(reset.mul(stateNew)).tanh();
    return [candidate.add(update.mul(hidden.sub(candidate)))];
  },

  /** Gates input i, forget f, candidate g, output o: c' = f · c + i · g, h' = o · tanh(c'). */
  lstm(tf, fromInput, fromState, [, cell]) {
    const [input, forget, candidate, output] = tf.split(fromInput.add<tf.Tensor2D>(fromState), 4, 1);
    const nextCell = forget.sigmoid().mul(cell).add<tf.Tensor2D>(input.sigmoid().mul(candidate.tanh()));
    return [output.sigmoid().mul(nextCell.tanh()), nextCell];
  },
};

/** How many state tensors a recurrence carries. */
export function stateCount(kind: Recurrence): 1 | 2 {
  return kind === "lstm" ? 2 : 1;
}

/** How many gates, and so how many rows of weights per hidden value, a recurrence has. */
export function gateCount(kind: Recurrence): 1 | 3 | 4 {
  return ({ rnn: 1, gru: 3, lstm: 4 } as const)[kind];
}

/** A recurrent layer, one step after another. The inputs' share of the gates is one product for all steps. */
export function plainRecurrent(
  tf: TensorFlow,
  kind: Recurrence,
  inputs: tf.Tensor3D,
  initial: readonly tf.Tensor2D[],
  weights: RecurrentWeights,
): RecurrentOutput {
  const [time, batch, width] = inputs.shape;
  const flat = inputs.reshape<tf.Tensor2D>([time * batch, width]);
  const fromInputs = tf.matMul(flat, weights.inputWeight, false, true).add(weights.inputBias);
  const outputs: tf.Tensor2D[] = [];
  let state = initial;
  for (const fromInput of tf.unstack(fromInputs.reshape([time, batch, -1])) as tf.Tensor2D[]) {
    const fromState = tf.matMul(state[0], weights.hiddenWeight, false, true).add(weights.hiddenBias);
    state = CELLS[kind](tf, fromInput, fromState as tf.Tensor2D, state);
    outputs.push(state[0]);
  }
  return { outputs: tf.stack(outputs) as tf.Tensor3D, state };
}

import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { RecurrentOutput } from "../../models/trainable/operations.js";
import type { FusedKernels } from "./fusedKernels.js";

/** The gates' share of the inputs [time, batch, gates · hidden] and what the recurrence adds to it. */
export interface Recurrent {
  readonly fromInputs: tf.Tensor3D;
  /** [gates · hidden, hidden] */
  readonly hiddenWeight: tf.Tensor2D;
  /** [batch, hidden] each; nothing flows back into it. */
  readonly state: readonly tf.Tensor2D[];
  /** [gates · hidden], where the state's share of the gates has a bias of its own. */
  readonly stateBias?: tf.Tensor1D;
}

/** What a step forward leaves for the step back; all tensors are [hidden, batch]. */
export interface ForwardStep {
  /** The hidden state, then an LSTM's cell state. */
  readonly state: readonly tf.Tensor2D[];
  /** Derivatives and gates that `backward` reads. */
  readonly saved: readonly tf.Tensor2D[];
}

/** What a step back gives. */
export interface BackwardStep {
  /** Gradient of the inputs' share of the gates, [gates · hidden, batch]. */
  readonly fromInput: tf.Tensor2D;
  /** Gradient of the state's share, where it is another. */
  readonly fromState: tf.Tensor2D;
  /** What flows into the states before, beside what comes through the state's share. */
  readonly flows: readonly (tf.Tensor2D | undefined)[];
}

/** One recurrence, for `fusedRecurrent` to run over time. */
export interface FusedCell {
  readonly savedCount: number;
  forward(input: tf.Tensor2D, state: tf.Tensor2D, before: readonly tf.Tensor2D[]): ForwardStep;
  backward(saved: readonly tf.Tensor2D[], flows: readonly (tf.Tensor2D | undefined)[]): BackwardStep;
}

/**
 * A recurrent layer with its gradient written by hand. The state is held feature-major, [hidden, batch], since
 * TensorFlow multiplies [gates · hidden, hidden] by such a matrix two to five times as fast as the other way round; the
 * gradients of the weights are one product for all steps.
 */
export function fusedRecurrent(
  tf: TensorFlow,
  kernels: FusedKernels,
  cell: FusedCell,
  { fromInputs, hiddenWeight, state, stateBias }: Recurrent,
): RecurrentOutput {
  const [time, , width] = fromInputs.shape;
  let last: readonly tf.Tensor2D[] = [];

  const run = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [inputs, weight] = given as [tf.Tensor3D, tf.Tensor2D];
    const save = given[given.length - 1] as tf.GradSaveFunc;
    const bias = stateBias === undefined ? undefined : (given[2] as tf.Tensor1D).reshape([width, 1]);
    let now: readonly tf.Tensor2D[] = state.map((tensor) => tensor.transpose());
    const hiddens: tf.Tensor2D[] = [];
    const saved: tf.Tensor2D[] = [];
    for (const input of tf.unstack(inputs.transpose([0, 2, 1])) as tf.Tensor2D[]) {
      const product = kernels.recurrentProduct(weight, now[0]);
      const step = cell.forward(input, bias === undefined ? product : product.add(bias), now);
      now = step.state;
      hiddens.push(now[0]);
      saved.push(...step.saved);
    }
    last = now.map((tensor) => tf.keep(tensor.transpose<tf.Tensor2D>()));
    const outputs = tf.stack(hiddens).transpose<tf.Tensor3D>([0, 2, 1]);
    save([weight, outputs, state[0], ...saved]);
    return {
      value: outputs,
      gradFunc: (dy: tf.Tensor, [by, out, first, ...steps]: tf.Tensor[]) =>
        backward(
          dy as tf.Tensor3D,
          by as tf.Tensor2D,
          out as tf.Tensor3D,
          first as tf.Tensor2D,
          steps as tf.Tensor2D[],
        ),
    };
  });

  function backward(
    dy: tf.Tensor3D,
    weight: tf.Tensor2D,
    outputs: tf.Tensor3D,
    first: tf.Tensor2D,
    saved: readonly tf.Tensor2D[],
  ): tf.Tensor[] {
    const fromAbove = tf.unstack(dy.transpose([0, 2, 1])) as tf.Tensor2D[];
    const inputGradients = new Array<tf.Tensor2D>(time);
    const stateGradients = new Array<tf.Tensor2D>(time);
    let flows: readonly (tf.Tensor2D | undefined)[] = [];
    for (let t = time - 1; t >= 0; t--) {
      const into = flows[0] === undefined ? fromAbove[t] : fromAbove[t].add<tf.Tensor2D>(flows[0]);
      const at = saved.slice(t * cell.savedCount, (t + 1) * cell.savedCount);
      const step = cell.backward(at, [into, ...flows.slice(1)]);
      inputGradients[t] = step.fromInput;
      stateGradients[t] = step.fromState;
      if (t === 0) break;
      const through = kernels.recurrentProduct(weight, step.fromState, true);
      const [past, ...others] = step.flows;
      flows = [past === undefined ? through : through.add<tf.Tensor2D>(past), ...others];
    }
    const before = statesBefore(tf, first, outputs);
    const share = tf.concat(stateGradients, 1); // [width, time · batch]: its product costs a third less than that of rows, transposed
    const gradients = [tf.stack(inputGradients).transpose([0, 2, 1]), kernels.product(share, before)];
    return stateBias === undefined ? gradients : [...gradients, share.sum(1)];
  }

  const given = stateBias === undefined ? [fromInputs, hiddenWeight] : [fromInputs, hiddenWeight, stateBias];
  return { outputs: run(...given) as tf.Tensor3D, state: last };
}

/** The hidden state that each step begins with, [time · batch, hidden]. */
export function statesBefore(tf: TensorFlow, first: tf.Tensor2D, outputs: tf.Tensor3D): tf.Tensor2D {
  const [time, batch, hidden] = outputs.shape;
  const earlier = outputs.slice([0, 0, 0], [time - 1, batch, hidden]);
  return tf.concat([first.reshape([1, batch, hidden]), earlier]).reshape([time * batch, hidden]);
}

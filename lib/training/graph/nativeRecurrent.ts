import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { NativeBackend } from "../../models/backend/nativeBackend.js";
import { loadTrainingOperations } from "../../models/native/module.js";
import type { Recurrence } from "../../models/recurrent/config.js";
import type { RecurrentOutput } from "../../models/trainable/operations.js";
import type { FusedKernels } from "./fusedKernels.js";
import { type Recurrent, statesBefore } from "./fusedRecurrent.js";

/** Hidden units that the operations compute at once: sizes are multiples of it. */
const VECTOR = 16;

/** The operations by cell: their names, and how many results they have forward and back. */
const OPERATIONS: Record<Recurrence, { name: string; forward: number; backward: number }> = {
  rnn: { name: "LogitbookRnn", forward: 1, backward: 1 },
  gru: { name: "LogitbookGru", forward: 2, backward: 2 },
  lstm: { name: "LogitbookLstm", forward: 3, backward: 1 },
};

/** A recurrent layer's loop over time by the operations of `lib/native/training`, for sizes that they know. */
export interface NativeRecurrent {
  knows(hidden: number): boolean;
  run(kind: Recurrence, layer: Recurrent): RecurrentOutput;
}

/** @returns undefined where set-up has not compiled the operations, or TensorFlow computes on a GPU, which lacks them */
export function nativeRecurrent(
  tf: TensorFlow,
  backend: NativeBackend,
  kernels: FusedKernels,
): NativeRecurrent | undefined {
  if (backend.isUsingGpuDevice || !loadTrainingOperations()) return undefined;
  return {
    knows: (hidden) => hidden % VECTOR === 0,
    run(kind, { fromInputs, hiddenWeight, state, stateBias }) {
      const { name, forward, backward } = OPERATIONS[kind];
      const [time, batch, width] = fromInputs.shape;
      const layer = [fromInputs, hiddenWeight, ...(stateBias === undefined ? [] : [stateBias])];
      let last: readonly tf.Tensor2D[] = [];
      const run = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const tensors = given.slice(0, -1) as tf.Tensor[];
        const save = given[given.length - 1] as tf.GradSaveFunc;
        // Hidden states, an LSTM's cell states, and what the gradient reads beside them, [time, batch, ...] each.
        const results = backend.executeMultipleOutputs(name, [], [...tensors, ...state], forward);
        last = state.map((_, i) =>
          tf.keep(results[i].slice(time - 1, 1).reshape<tf.Tensor2D>(state[i].shape)),
        );
        save([tensors[1], ...state, ...results]);
        return { value: results[0], gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved) };
      });

      function gradients(dy: tf.Tensor, [weight, ...saved]: tf.Tensor[]): tf.Tensor[] {
        const [before, results] = [saved.slice(0, state.length), saved.slice(state.length)];
        const read = [dy, weight, before[state.length - 1], ...results.slice(state.length - 1)];
        const [fromInputs, fromState = fromInputs] = backend.executeMultipleOutputs(
          `${name}Gradient`,
          [],
          read,
          backward,
        );
        const shares = fromState.reshape<tf.Tensor2D>([time * batch, width]);
        const hiddens = statesBefore(tf, before[0] as tf.Tensor2D, results[0] as tf.Tensor3D);
        const byWeight = kernels.crossProduct(shares, hiddens);
        const byBias = stateBias === undefined ? [] : [kernels.biasGradient(shares)];
        return [fromInputs, byWeight, ...byBias];
      }

      return { outputs: run(...layer) as tf.Tensor3D, state: last };
    },
  };
}

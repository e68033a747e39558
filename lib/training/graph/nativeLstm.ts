import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { NativeBackend } from "../../models/backend/nativeBackend.js";
import { loadTrainingOperations } from "../../models/native/module.js";
import type { RecurrentOutput } from "../../models/trainable/operations.js";
import type { FusedKernels } from "./fusedKernels.js";
import { type Recurrent, statesBefore } from "./fusedRecurrent.js";

/** Hidden units that the operations compute at once: sizes are multiples of it. */
const VECTOR = 16;

/** An LSTM layer's loop over time by the operations of `lib/native/training`, for sizes that they know. */
export interface NativeLstm {
  knows(hidden: number): boolean;
  run(layer: Recurrent): RecurrentOutput;
}

/** @returns undefined where set-up has not compiled the operations, or TensorFlow computes on a GPU, which lacks them */
export function nativeLstm(
  tf: TensorFlow,
  backend: NativeBackend,
  kernels: FusedKernels,
): NativeLstm | undefined {
  if (backend.isUsingGpuDevice || !loadTrainingOperations()) return undefined;

  /** Hidden and cell states and gates after all steps, [time, batch, ...]. */
  function forward(inputs: readonly tf.Tensor[]): readonly tf.Tensor3D[] {
    return backend.executeMultipleOutputs("LogitbookLstm", [], inputs, 3) as tf.Tensor3D[];
  }

  /** Gradient of the inputs' share of the gates, [time, batch, gates · hidden]. */
  function backward(inputs: readonly tf.Tensor[]): tf.Tensor3D {
    return backend.executeSingleOutput("LogitbookLstmGradient", [], inputs) as tf.Tensor3D;
  }

  return {
    knows: (hidden) => hidden % VECTOR === 0,
    run({ fromInputs, hiddenWeight, state: [hidden, cell] }) {
      const [time, batch, width] = fromInputs.shape;
      let last: readonly tf.Tensor2D[] = [];
      const run = tf.customGrad((...given: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [inputs, weight, save] = given as [tf.Tensor3D, tf.Tensor2D, tf.GradSaveFunc];
        const [outputs, cells, gates] = forward([inputs, weight, hidden, cell]);
        last = [outputs, cells].map((states) =>
          tf.keep(states.slice(time - 1, 1).reshape<tf.Tensor2D>(hidden.shape)),
        );
        save([weight, hidden, cell, outputs, cells, gates]);
        return {
          value: outputs,
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
            const [by, firstHidden, firstCell, hiddens, allCells, allGates] = saved;
            const gradient = backward([dy, by, firstCell, allCells, allGates]);
            const before = statesBefore(tf, firstHidden as tf.Tensor2D, hiddens as tf.Tensor3D);
            const shares = gradient.reshape<tf.Tensor2D>([time * batch, width]);
            return [gradient, kernels.recurrentProduct(shares, before, true)];
          },
        };
      });
      return { outputs: run(fromInputs, hiddenWeight) as tf.Tensor3D, state: last };
    },
  };
}

import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { NativeBackend } from "../../models/backend/nativeBackend.js";
import type { Operations } from "../../models/trainable/operations.js";
import { plainOperations } from "../../models/trainable/plainOperations.js";
import { fusedAttention } from "./fusedAttention.js";
import { fusedCells } from "./fusedCells.js";
import { fusedKernels } from "./fusedKernels.js";
import { fusedLayers } from "./fusedLayers.js";
import { fusedRecurrent } from "./fusedRecurrent.js";
import { nativeRecurrent } from "./nativeRecurrent.js";

/**
 * The layers of `plainOperations` with gradients written by hand, for the native backend. A recurrent layer's state is
 * kept beyond `tf.tidy`: whoever runs it disposes it.
 */
export function fusedOperations(tf: TensorFlow, backend: NativeBackend): Operations {
  const kernels = fusedKernels(tf, backend);
  const cells = fusedCells(tf, kernels);
  const layers = fusedLayers(tf, kernels);
  const native = nativeRecurrent(tf, backend, kernels);
  return {
    ...plainOperations(tf),
    ...layers,
    attention: fusedAttention(tf, kernels),
    recurrent(kind, inputs, state, { inputWeight, hiddenWeight, inputBias, hiddenBias }) {
      const [time, batch, width] = inputs.shape;
      const flat = inputs.reshape<tf.Tensor2D>([time * batch, width]);
      // Where the gates are plain sums, the two biases are one.
      const bias = kind === "gru" ? inputBias : inputBias.add<tf.Tensor1D>(hiddenBias);
      const shares = layers.linearTransposed(flat, inputWeight, bias);
      const fromInputs = shares.reshape<tf.Tensor3D>([time, batch, inputWeight.shape[0]]);
      const layer = { fromInputs, hiddenWeight, state, stateBias: kind === "gru" ? hiddenBias : undefined };
      if (native?.knows(hiddenWeight.shape[1])) return native.run(kind, layer);
      return fusedRecurrent(tf, kernels, cells[kind], layer);
    },
  };
}

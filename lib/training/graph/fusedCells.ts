import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { Recurrence } from "../../models/recurrent/config.js";
import type { FusedKernels } from "./fusedKernels.js";
import type { FusedCell } from "./fusedRecurrent.js";

/** The recurrences of `plainRecurrent`, forward and back; derivatives are taken on the way forward. */
export function fusedCells(tf: TensorFlow, kernels: FusedKernels): Record<Recurrence, FusedCell> {
  const sigmoidGradient: (y: tf.Tensor, dy: tf.Tensor) => tf.Tensor2D = kernels.sigmoidGradient;
  const tanhGradient: (y: tf.Tensor, dy: tf.Tensor) => tf.Tensor2D = kernels.tanhGradient;
  return {
    rnn: {
      savedCount: 1,
      forward(input, state) {
        const hidden = input.add<tf.Tensor2D>(state).tanh();
        return { state: [hidden], saved: [hidden] };
      },
      backward([hidden], [flow]) {
        const gradient = tanhGradient(hidden, flow!);
        return { fromInput: gradient, fromState: gradient, flows: [undefined] };
      },
    },
    gru: {
      savedCount: 5,
      forward(input, state, [hidden]) {
        const [inputReset, inputUpdate, inputNew] = tf.split(input, 3, 0);
        const [stateReset, stateUpdate, stateNew] = tf.split(state, 3, 0);
        const reset = inputReset.add<tf.Tensor2D>(stateReset).sigmoid();
        const update = inputUpdate.add<tf.Tensor2D>(stateUpdate).sigmoid();
        const candidate = inputNew.add<tf.Tensor2D>(reset.mul(stateNew)).tanh();
        const difference = hidden.sub<tf.Tensor2D>(candidate);
        const next = candidate.add<tf.Tensor2D>(update.mul(difference));
        const byUpdate = sigmoidGradient(update, difference);
        const byCandidate = tanhGradient(candidate, tf.sub<tf.Tensor2D>(1, update));
        return {
          state: [next],
          saved: [byUpdate, byCandidate, sigmoidGradient(reset, stateNew), reset, update],
        };
      },
      backward([byUpdate, byCandidate, byReset, reset, update], [flow]) {
        const candidate = flow!.mul<tf.Tensor2D>(byCandidate);
        const updates = flow!.mul<tf.Tensor2D>(byUpdate);
        const resets = candidate.mul<tf.Tensor2D>(byReset);
        return {
          fromInput: tf.concat([resets, updates, candidate], 0),
          fromState: tf.concat([resets, updates, candidate.mul<tf.Tensor2D>(reset)], 0),
          flows: [flow!.mul<tf.Tensor2D>(update)],
        };
      },
    },
    lstm: {
      savedCount: 6,
      forward(input, state, [, cell]) {
        const parts = tf.split(input.add<tf.Tensor2D>(state), 4, 0);
        const [open, keep, out] = [parts[0], parts[1], parts[3]].map((part) => part.sigmoid() as tf.Tensor2D);
        const candidate = parts[2].tanh();
        const next = keep.mul(cell).add<tf.Tensor2D>(open.mul(candidate));
        const squashed = next.tanh();
        return {
          state: [out.mul<tf.Tensor2D>(squashed), next],
          saved: [
            sigmoidGradient(open, candidate),
            sigmoidGradient(keep, cell),
            tanhGradient(candidate, open),
            sigmoidGradient(out, squashed),
            tanhGradient(squashed, out),
            keep,
          ],
        };
      },
      backward([byInput, byForget, byCandidate, byOutput, byCell, keep], [flow, cellFlow]) {
        const throughHidden = flow!.mul<tf.Tensor2D>(byCell);
        const cell = cellFlow === undefined ? throughHidden : throughHidden.add<tf.Tensor2D>(cellFlow);
        const shares = [byInput, byForget, byCandidate].map((by) => cell.mul<tf.Tensor2D>(by));
        const gradient = tf.concat([...shares, flow!.mul<tf.Tensor2D>(byOutput)], 0);
        return { fromInput: gradient, fromState: gradient, flows: [undefined, cell.mul<tf.Tensor2D>(keep)] };
      },
    },
  };
}

import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TensorFlow } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { plainOperations } from "../../../lib/models/trainable/plainOperations.js";
import { hasNative } from "../../training/graph/native.js";

type Work = readonly [
  name: string,
  shape: readonly number[],
  compute: (tf: TensorFlow, x: tf.Tensor) => tf.Tensor,
];

const WORKS: Work[] = [
  ["gather", [4, 3], (tf, x) => tf.gather(x, tf.tensor1d([3, 0, 3], "int32"))],
  // TensorFlow.js 4.22 has no gradient for einsum on any backend; products of batches are what models use instead.
  ["a product of batches", [2, 3, 4], (tf, x) => tf.matMul(x, x, false, true)],
  [
    "LSTM, by its hidden weights",
    [12, 3],
    (tf, x) =>
      plainOperations(tf).recurrent(
        "lstm",
        tf.randomNormal([4, 2, 5], 0, 1, "float32", 1),
        [tf.zeros([2, 3]), tf.zeros([2, 3])],
        {
          inputWeight: tf.randomNormal([12, 5], 0, 1, "float32", 2),
          hiddenWeight: x as tf.Tensor2D,
          inputBias: tf.zeros([12]),
          hiddenBias: tf.zeros([12]),
        },
      ).outputs,
  ],
];

const STEP = 1e-2;

describe.skipIf(!hasNative)("the native backend", () => {
  let library: TensorFlow;
  beforeAll(async () => {
    library = (await openBackend()).tf;
    expect(library.getBackend()).toBe("tensorflow");
  });

  test.each(WORKS)("gradient of %s is that of finite differences", (_, shape, compute) => {
    library.tidy(() => {
      const at = library.randomNormal([...shape], 0, 0.5, "float32", 9);
      const loss = (x: tf.Tensor) => compute(library, x).square().sum() as tf.Scalar;
      const gradient = library.grad(loss)(at).dataSync();
      const values = at.dataSync();
      for (const [i, found] of gradient.entries()) {
        const moved = [STEP, -STEP].map((by) => {
          const changed = Float32Array.from(values);
          changed[i] += by;
          return loss(library.tensor(changed, [...shape])).dataSync()[0];
        });
        expect(Math.abs(found - (moved[0] - moved[1]) / (2 * STEP))).toBeLessThan(
          2e-2 * (1 + Math.abs(found)),
        );
      }
    });
  });
});

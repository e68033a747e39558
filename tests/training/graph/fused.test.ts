import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TensorFlow } from "../../../lib/models/backend/backend.js";
import { nativeBackend } from "../../../lib/models/backend/nativeBackend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { gateCount, stateCount } from "../../../lib/models/recurrent/plainRecurrent.js";
import type { Operations, RecurrentWeights } from "../../../lib/models/trainable/operations.js";
import { plainOperations } from "../../../lib/models/trainable/plainOperations.js";
import { fusedOperations } from "../../../lib/training/graph/fusedOperations.js";
import { hasNative, hasOperations } from "./native.js";

interface Work {
  readonly name: string;
  /** Whether what it computes with was compiled; absent: it needs no compiler. */
  readonly isThere?: boolean;
  /** Shapes of the tensors that gradients are taken of. */
  readonly shapes: readonly (readonly number[])[];
  compute(tf: TensorFlow, operations: Operations, x: readonly tf.Tensor[]): tf.Tensor;
}

const [ROWS, IN, OUT] = [6, 8, 5];
const TIME = 4;

function attention(rate: number): Work {
  return {
    name: `attention, dropout ${rate}`,
    shapes: [[6, 24]],
    compute: (tf, operations, [x]) =>
      operations.attention(
        x as tf.Tensor2D,
        { batchSize: 2, length: 3, numHeads: 2 },
        rate === 0 ? undefined : { rate, site: { seed: tf.scalar(7, "int32"), site: 1 } },
      ),
  };
}

function recurrent(kind: "rnn" | "gru" | "lstm", batch = 3, hidden = 5): Work {
  const rows = gateCount(kind) * hidden;
  return {
    name: `${kind}, batch ${batch}, hidden ${hidden}`,
    shapes: [[TIME, batch, IN], [rows, IN], [rows, hidden], [rows], [rows]],
    compute(tf, operations, [inputs, inputWeight, hiddenWeight, inputBias, hiddenBias]) {
      const weights = { inputWeight, hiddenWeight, inputBias, hiddenBias } as RecurrentWeights;
      const state = Array.from({ length: stateCount(kind) }, (_, i) =>
        tf.randomNormal<tf.Rank.R2>([batch, hidden], 0, 1, "float32", 40 + i),
      );
      const result = operations.recurrent(kind, inputs as tf.Tensor3D, state, weights);
      // The state is compared too; nothing flows back from it.
      const after = tf.tensor(tf.concat([...result.state], 0).dataSync()).sum();
      tf.dispose([...result.state]);
      return result.outputs.add(after);
    },
  };
}

const WORKS: Work[] = [
  {
    name: "embedding, with an id twice",
    shapes: [[4, IN]],
    compute: (tf, { embedding }, [table]) =>
      embedding(
        table as tf.Tensor2D,
        tf.tensor2d(
          [
            [3, 0],
            [3, 1],
          ],
          [2, 2],
          "int32",
        ),
      ),
  },
  {
    name: "linear",
    shapes: [[ROWS, IN], [IN, OUT], [OUT]],
    compute: (_, { linear }, [x, weight, bias]) =>
      linear(x as tf.Tensor2D, { weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D }),
  },
  ...[true, false].map(
    (hasBias): Work => ({
      name: `linear, transposed, bias ${hasBias}`,
      shapes: [[ROWS, IN], [OUT, IN], ...(hasBias ? [[OUT]] : [])],
      compute: (_, { linearTransposed }, [x, weight, bias]) =>
        linearTransposed(x as tf.Tensor2D, weight as tf.Tensor2D, bias as tf.Tensor1D | undefined),
    }),
  ),
  {
    name: "norm and linear",
    shapes: [[ROWS, IN], [IN], [IN], [IN, OUT], [OUT]],
    compute: (_, { normLinear }, [x, gain, shift, weight, bias]) =>
      normLinear(
        x as tf.Tensor2D,
        { weight: gain as tf.Tensor1D, bias: shift as tf.Tensor1D },
        { weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D },
      ),
  },
  { name: "gelu", shapes: [[ROWS, IN]], compute: (_, { gelu }, [x]) => gelu(x as tf.Tensor2D) },
  {
    name: "cross-entropy",
    shapes: [[ROWS, OUT]],
    compute: (tf, { crossEntropy }, [logits]) =>
      crossEntropy(logits as tf.Tensor2D, tf.tensor1d([0, 4, 2, 2, 1, 3], "int32")),
  },
  attention(0),
  attention(0.4),
  recurrent("rnn"),
  recurrent("gru"),
  recurrent("lstm"),
  // Sizes that the native operations know: fewer rows than threads, and panels that are not full.
  ...(["rnn", "gru", "lstm"] as const).flatMap((kind) =>
    [
      [1, 16],
      [13, 80],
      [32, 64],
    ].map(([batch, hidden]): Work => ({ ...recurrent(kind, batch, hidden), isThere: hasOperations })),
  ),
];

describe.skipIf(!hasNative)("a gradient written by hand", () => {
  let library: TensorFlow;
  beforeAll(async () => {
    library = (await openBackend({ backend: "native" })).tf;
  });

  test.for(WORKS)("is that of plain autodiff: $name", ({ shapes, compute, isThere = true }, { skip }) => {
    skip(!isThere, "set-up has not compiled the operations for training");
    const run = (operations: Operations): number[][] => {
      const before = library.memory().numTensors;
      const values = library.tidy(() => {
        // Large weights would amplify what is rounded differently from step to step.
        const inputs = shapes.map((shape, i) => {
          const deviation = Math.min(0.7, 2 / Math.sqrt(shape[shape.length - 1]));
          return library.randomNormal([...shape], 0, deviation, "float32", i + 1);
        });
        const loss = (...x: tf.Tensor[]) => {
          const y = compute(library, operations, x);
          const weights = library.randomNormal(y.shape, 0, 1, "float32", 99);
          return y.mul(weights).sum() as tf.Scalar;
        };
        const { value, grads } = library.valueAndGrads(loss)(inputs);
        return [value, ...grads].map((tensor) => Array.from(tensor.dataSync()));
      });
      expect(library.memory().numTensors).toBe(before);
      return values;
    };
    const found = run(fusedOperations(library, nativeBackend(library)!));
    const expected = run(plainOperations(library));
    for (const [i, values] of found.entries()) {
      expect(values).toHaveLength(expected[i].length);
      for (const [at, value] of values.entries()) {
        const scale = Math.max(1, Math.abs(expected[i][at]));
        expect(value / scale).toBeCloseTo(expected[i][at] / scale, 4);
      }
    }
  });
});

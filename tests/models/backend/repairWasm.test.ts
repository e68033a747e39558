import type * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TensorFlow } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";

let library: TensorFlow;
beforeAll(async () => {
  ({ tf: library } = await openBackend({ backend: "wasm" }));
});
afterAll(() => library.setBackend("cpu"));

/** The values that a function gives on a backend. */
async function on(backend: string, compute: (tf: TensorFlow) => tf.Tensor): Promise<number[]> {
  await library.setBackend(backend);
  const before = library.memory().numTensors;
  const result = library.tidy(() => compute(library));
  const values = Array.from(await result.data());
  result.dispose();
  expect(library.memory().numTensors).toBe(before);
  return values;
}

const WORKS: [string, (tf: TensorFlow) => tf.Tensor][] = [
  ...[
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ].map(([a, b]): [string, (tf: TensorFlow) => tf.Tensor] => [
    `product of batches, transposed ${a} ${b}`,
    (tf) =>
      tf.matMul(
        tf.randomUniform(a ? [2, 3, 5, 4] : [2, 3, 4, 5], -1, 1, "float32", 1),
        tf.randomUniform(b ? [2, 3, 6, 5] : [2, 3, 5, 6], -1, 1, "float32", 2),
        a,
        b,
      ),
  ]),
  [
    "gradient of gather, with an id twice",
    (tf) =>
      tf.grad((table) =>
        tf
          .gather(table, tf.tensor1d([2, 0, 2], "int32"))
          .square()
          .sum(),
      )(tf.randomUniform([4, 3], -1, 1, "float32", 3)),
  ],
];

test.each(WORKS)("%s is what plain JavaScript gives", async (_, compute) => {
  const expected = await on("cpu", compute);
  const found = await on("wasm", compute);
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i], 5);
});

test("opening the backend again changes nothing", async () => {
  const kernel = library.getKernel("BatchMatMul", "wasm");
  await openBackend({ backend: "wasm" });
  expect(library.getKernel("BatchMatMul", "wasm")).toBe(kernel);
});

test("an unknown backend is an error", async () => {
  await expect(openBackend({ backend: "webgl" as never })).rejects.toThrow(
    "`backend` must be one of native-gpu, native, wasm, cpu",
  );
});

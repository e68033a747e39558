import { execFileSync } from "node:child_process";
import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TensorFlow } from "../../../lib/models/backend/backend.js";
import { type NativeBackend, nativeBackend } from "../../../lib/models/backend/nativeBackend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { modulePath } from "../../../lib/models/native/place.js";
import { fusedOperations } from "../../../lib/training/graph/fusedOperations.js";
import { trace } from "../../../lib/training/graph/trace.js";
import { hasOperations } from "./native.js";

/** Prints the outputs of a layer, and the gradients of its gates, in a process with this many threads. */
const SCRIPT = `
require("node:util").isNullOrUndefined ??= (value) => value == null;
const tf = require("@tensorflow/tfjs-node-gpu");
require(process.argv[1]);
const random = (seed, ...shape) => tf.randomNormal(shape, 0, 0.5, "float32", seed);
const [inputs, weight, hidden, cell] = [random(1, 5, 11, 192), random(2, 192, 48), random(3, 11, 48), random(4, 11, 48)];
const backend = tf.backend();
const [outputs, cells, gates] = backend.executeMultipleOutputs("LogitbookLstm", [], [inputs, weight, hidden, cell], 3);
const back = [random(5, 5, 11, 48), weight, cell, cells, gates];
const gradient = backend.executeSingleOutput("LogitbookLstmGradient", [], back);
console.log(JSON.stringify([outputs, gradient].map((tensor) => [...tensor.dataSync()])));
`;

function outputWith(threads: number): string {
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads), TF_CPP_MIN_LOG_LEVEL: "2" };
  return execFileSync(process.execPath, ["-e", SCRIPT, modulePath("training")], { encoding: "utf8", env });
}

// Set-up compiles the operations with TensorFlow's binding; without them there is nothing to test.
describe.skipIf(!hasOperations)("the native operations of an LSTM layer", () => {
  let library: TensorFlow;
  let native: NativeBackend;
  beforeAll(async () => {
    library = (await openBackend({ backend: "native" })).tf;
    native = nativeBackend(library)!;
  });

  test.each([
    [16, 1],
    [20, 0],
  ])("compute layers whose size is a multiple of 16: %i", (hidden, expected) => {
    library.tidy(() => {
      const zeros = (...shape: number[]) => library.zeros(shape);
      const given = [zeros(3, 2, 4), zeros(4 * hidden, 4), zeros(4 * hidden, hidden), zeros(4 * hidden)];
      const [inputs, inputWeight, hiddenWeight, bias, first] = [...given, zeros(2, hidden)] as [
        tf.Tensor3D,
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
        tf.Tensor2D,
      ];
      const weights = { inputWeight, hiddenWeight, inputBias: bias, hiddenBias: bias };
      const { operations } = trace(library, native, [...given, first], () => {
        const { outputs, state } = fusedOperations(library, native).recurrent(
          "lstm",
          inputs,
          [first, first],
          weights,
        );
        library.dispose([...state]);
        return [outputs];
      });
      expect(operations.filter(({ name }) => name === "LogitbookLstm")).toHaveLength(expected);
    });
  });

  test("give the same numbers, bit for bit, with any number of threads", () => {
    const alone = outputWith(1);
    expect(JSON.parse(alone)[1]).toHaveLength(5 * 11 * 192);
    for (const threads of [2, 3, 16]) expect(outputWith(threads)).toBe(alone);
  });

  test.each([
    ["a size that they don't know", [1, 1, 80], [80, 20], [1, 20], "`hidden` is no multiple of 16"],
    ["a weight of another layer", [1, 1, 64], [64, 32], [1, 16], "an input has the wrong shape"],
    ["a state of another batch", [1, 2, 64], [64, 16], [1, 16], "an input has the wrong shape"],
    ["inputs of one step", [1, 64], [64, 16], [1, 16], "an input has the wrong rank"],
  ])("refuse %s", (_, inputs, weight, state, message) => {
    library.tidy(() => {
      const given = [inputs, weight, state, state].map((shape) => library.zeros(shape));
      expect(() => native.executeMultipleOutputs("LogitbookLstm", [], given, 3)).toThrow(message);
    });
  });
});

import { execFileSync } from "node:child_process";
import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TensorFlow } from "../../../lib/models/backend/backend.js";
import { type NativeBackend, nativeBackend } from "../../../lib/models/backend/nativeBackend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { modulePath } from "../../../lib/models/native/place.js";
import { gateCount, stateCount } from "../../../lib/models/recurrent/plainRecurrent.js";
import type { RecurrentWeights } from "../../../lib/models/trainable/operations.js";
import { fusedOperations } from "../../../lib/training/graph/fusedOperations.js";
import { trace } from "../../../lib/training/graph/trace.js";
import { hasOperations } from "./native.js";

/** Prints the outputs of an LSTM layer, and the gradients of its gates. */
const SCRIPT = `
require("node:util").isNullOrUndefined ??= (value) => value == null;
const tf = require("@tensorflow/tfjs-node-gpu");
require(process.argv[1]);
const random = (seed, ...shape) => tf.randomNormal(shape, 0, 0.5, "float32", seed);
const [inputs, weight, hidden, cell] = [random(1, 5, 11, 192), random(2, 192, 48), random(3, 11, 48), random(4, 11, 48)];
const backend = tf.backend();
const [outputs, cells, saved] = backend.executeMultipleOutputs("LogitbookLstm", [], [inputs, weight, hidden, cell], 3);
const back = [random(5, 5, 11, 48), weight, cell, cells, saved];
const gradient = backend.executeSingleOutput("LogitbookLstmGradient", [], back);
console.log(JSON.stringify([outputs, gradient].map((tensor) => [...tensor.dataSync()])));
`;

function outputWith(threads: number): string {
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads), TF_CPP_MIN_LOG_LEVEL: "2" };
  return execFileSync(process.execPath, ["-e", SCRIPT, modulePath("training")], { encoding: "utf8", env });
}

// Set-up compiles the operations with TensorFlow's binding; without them there is nothing to test.
describe.skipIf(!hasOperations)("the native operations of recurrent layers", () => {
  let library: TensorFlow;
  let native: NativeBackend;
  beforeAll(async () => {
    library = (await openBackend({ backend: "native" })).tf;
    native = nativeBackend(library)!;
  });

  test.each([
    ["rnn", 16, "LogitbookRnn"],
    ["gru", 16, "LogitbookGru"],
    ["lstm", 16, "LogitbookLstm"],
    ["lstm", 20, undefined],
  ] as const)("compute layers whose size is a multiple of 16: %s of %i", (kind, hidden, expected) => {
    library.tidy(() => {
      const rows = gateCount(kind) * hidden;
      const given = [[3, 2, 4], [rows, 4], [rows, hidden], [rows], [rows], [2, hidden], [2, hidden]].map(
        (shape) => library.zeros(shape),
      );
      const [inputs, inputWeight, hiddenWeight, inputBias, hiddenBias, ...state] = given;
      const weights = { inputWeight, hiddenWeight, inputBias, hiddenBias } as RecurrentWeights;
      const { operations } = trace(library, native, given, () => {
        const before = state.slice(0, stateCount(kind)) as tf.Tensor2D[];
        const { recurrent } = fusedOperations(library, native);
        const result = recurrent(kind, inputs as tf.Tensor3D, before, weights);
        library.dispose([...result.state]);
        return [result.outputs];
      });
      const own = operations.map(({ name }) => name).filter((name) => name.startsWith("Logitbook"));
      expect(own).toEqual(expected === undefined ? [] : [expected]);
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

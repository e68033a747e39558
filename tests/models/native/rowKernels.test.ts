import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sumExp } from "../../../lib/core/exp.js";
import { type RowKernels, useRowKernels, withRowKernels } from "../../../lib/core/rowKernels.js";
import { entropy, logSumExp, maxScore } from "../../../lib/core/rows.js";
import { greedy, multinomial } from "../../../lib/decoding/samplers.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { loadModule, type NativeModule } from "../../../lib/models/native/module.js";
import { openPretrained } from "../../../lib/models/pretrained/openPretrained.js";
import { tinyGguf } from "../../support/gguf.js";
import { expectEqualBits } from "../../support/rowKernels.js";
import { temporaryDirectory } from "../../support/temporary.js";

const LENGTH = 5000;
const row = Float32Array.from({ length: LENGTH }, (_, i) => 6 * Math.sin(i * i));

/** What a row gives with and without kernels. */
function results(scores: Float32Array) {
  const draw = multinomial({ next: () => 0.7 });
  return {
    max: maxScore(scores),
    sum: logSumExp(scores),
    entropy: entropy(scores),
    likeliest: greedy().withLogProb?.(scores),
    drawn: draw.withLogProb?.(scores),
  };
}

const module = loadModule();

describe.skipIf(typeof module === "string")("the native module's functions of rows", () => {
  const native = module as NativeModule;

  test("law: they compute JavaScript's bits", () => expectEqualBits(native));

  test("a score that needs care, or is no number, is left to JavaScript", () => {
    expect(native.sumExp(Float32Array.of(0, -701, -1), 0)).toBeNaN();
    expect(native.sumExp(Float32Array.of(0, -746, -1), 0)).toBeNaN();
    for (const score of [-699, -747, Number.NEGATIVE_INFINITY]) {
      expect(native.sumExp(Float32Array.of(0, score), 0)).toBeGreaterThanOrEqual(1);
    }
    for (const at of [0, 7, 16]) {
      const spoilt = new Float32Array(17);
      spoilt[at] = Number.NaN;
      expect(native.maxScore(spoilt)).toBeNaN();
    }
  });

  test("they refuse what they can't read", () => {
    expect(() => native.maxScore([1, 2] as never)).toThrow("expected a typed array");
    expect(() => native.sumExp(row, 6, new Float64Array(LENGTH - 1))).toThrow(
      "expected a weight for each score",
    );
  });
});

describe("rows with kernels", () => {
  afterEach(() => useRowKernels(undefined));

  test("choose, sum up and fail as without", () => {
    const scores = row.map((score, i) => (i % 3 === 0 ? Number.NEGATIVE_INFINITY : score));
    const low = [-701, -1000].map((lowest) => row.map((score, i) => (i === 9 ? lowest : score)));
    const all = [row, scores, ...low];
    const expected = all.map(results);
    const calls: string[] = [];
    const counted = counting(typeof module === "string" ? slow : module, calls);
    useRowKernels(counted);
    expect(all.map(results)).toEqual(expected);
    expect(new Set(calls)).toEqual(new Set(["maxScore", "sumExp"]));
    for (const [spoilt, message] of [
      [Number.NaN, "the score of token 4001 is NaN"],
      [Number.POSITIVE_INFINITY, "a score is +Infinity"],
    ] as const)
      expect(() => maxScore(row.with(4001, spoilt))).toThrow(message);
    expect(() => maxScore(row.map(() => Number.NEGATIVE_INFINITY))).toThrow("no token is left");
  });

  test("short rows and arrays are none of theirs", () => {
    const calls: string[] = [];
    useRowKernels(counting(slow, calls));
    maxScore(row.subarray(0, 100));
    maxScore([...row]);
    sumExp([...row], 6);
    expect(calls).toEqual([]);
  });
});

describe.skipIf(typeof module === "string")("an opened model", () => {
  afterEach(() => useRowKernels(undefined));

  test("brings them to the thread that chooses from its rows", async () => {
    const directory = path.join(await temporaryDirectory(), "model");
    await convertGguf(tinyGguf({ layers: 1 }), directory, { graphs: ["tree"] });
    const byKernels = () => withRowKernels(row, (kernels, scores) => kernels.maxScore(scores));
    expect(byKernels()).toBeNaN();
    const { model } = await openPretrained("tiny", directory, "", { offline: true });
    expect(byKernels()).toBe(maxScore([...row]));
    await model.dispose();
  });
});

/** Kernels where there is no compiler: they leave all to JavaScript. */
const slow: RowKernels = { maxScore: () => Number.NaN, sumExp: () => Number.NaN };

function counting(kernels: RowKernels, calls: string[]): RowKernels {
  return {
    maxScore: (...given) => {
      calls.push("maxScore");
      return kernels.maxScore(...given);
    },
    sumExp: (...given) => {
      calls.push("sumExp");
      return kernels.sumExp(...given);
    },
  };
}

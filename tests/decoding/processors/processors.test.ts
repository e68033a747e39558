import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError } from "../../../lib/core/errors.js";
import { seededRandom } from "../../../lib/core/random.js";
import { softmax } from "../../../lib/core/rows.js";
import {
  chain,
  type LogitsProcessor,
  named,
  processorTypes,
  runStages,
  temperature,
  topK,
  topP,
} from "../../../lib/decoding/index.js";

const ruledOut = Number.NEGATIVE_INFINITY;
/** Scores whose softmax gives these probabilities. */
const scores = (probabilities: readonly number[]) => Float32Array.from(probabilities, Math.log);
/** The tokens that a processor leaves. */
const kept = (row: Float32Array) => [...row.keys()].filter((token) => row[token] !== ruledOut);

describe("temperature", () => {
  test("divides the scores", () => {
    expect([...temperature(0.5)(Float32Array.of(1, -2, ruledOut), [0])]).toEqual([2, -4, ruledOut]);
    expect([...temperature(4)(Float32Array.of(1, -2, ruledOut), [0])]).toEqual([0.25, -0.5, ruledOut]);
  });
});

describe("topK", () => {
  test.each([
    { k: 1, options: {}, left: [3] },
    { k: 2, options: {}, left: [0, 3] },
    { k: 3, options: {}, left: [0, 1, 2, 3] }, // 1 and 2 tie for the third place
    { k: 1, options: { minTokensToKeep: 2 }, left: [0, 3] },
    { k: 9, options: {}, left: [0, 1, 2, 3] },
  ])("k = $k, $options keeps $left", ({ k, options, left }) => {
    expect(kept(topK(k, options)(scores([0.3, 0.1, 0.1, 0.5]), [0]))).toEqual(left);
  });
});

describe("topP", () => {
  test.each([
    // The worked rows of Hugging Face's own test of its processor.
    { p: 0.8, options: {}, row: [0.3, 0.1, 0.1, 0.5], left: [0, 3] },
    { p: 0.8, options: {}, row: [0.15, 0.3, 0.3, 0.25], left: [1, 2, 3] },
    { p: 0.81, options: {}, row: [0.3, 0.1, 0.1, 0.5], left: [0, 1, 3] },
    { p: 0, options: {}, row: [0.3, 0.1, 0.1, 0.5], left: [3] },
    { p: 1, options: {}, row: [0.3, 0, 0.2, 0.5], left: [0, 2, 3] },
    { p: 0.1, options: { minTokensToKeep: 3 }, row: [0.3, 0.1, 0.1, 0.5], left: [0, 1, 3] },
    { p: 0.8, options: { rule: "atMost" }, row: [0.3, 0.1, 0.1, 0.5], left: [0, 3] },
    { p: 0.79, options: { rule: "atMost" }, row: [0.3, 0.1, 0.1, 0.5], left: [3] },
    { p: 0.4, options: { rule: "atMost" }, row: [0.3, 0.1, 0.1, 0.5], left: [3] },
    { p: 0.4, options: { rule: "atMost", minTokensToKeep: 2 }, row: [0.3, 0.1, 0.1, 0.5], left: [0, 3] },
    { p: 1, options: { rule: "atMost" }, row: [0.3, 0.1, 0.1, 0.5], left: [0, 1, 2, 3] },
    { p: 0.5, options: {}, row: [0.25, 0.25, 0.25, 0.25], left: [0, 1] }, // lower ids first
  ] as const)("p = $p, $options of $row keeps $left", ({ p, options, row, left }) => {
    expect(kept(topP(p, options)(scores(row), [0]))).toEqual(left);
  });
});

const rowArbitrary = fc
  .array(fc.oneof(fc.float({ min: -12, max: 12, noNaN: true }), fc.constant(ruledOut), fc.constant(0)), {
    minLength: 1,
    maxLength: 50,
  })
  .map((row) => Float32Array.from([0.5, ...row]));

const processorArbitrary: fc.Arbitrary<LogitsProcessor> = fc.oneof(
  fc.double({ min: 0.05, max: 20, noNaN: true }).map(temperature),
  fc.integer({ min: 1, max: 60 }).map((k) => topK(k)),
  fc
    .record({ p: fc.double({ min: 0, max: 1, noNaN: true }), rule: fc.constantFrom("atLeast", "atMost") })
    .map(({ p, rule }) => topP(p, { rule: rule as "atLeast" })),
);

describe("laws", () => {
  test("every processor leaves its input alone, keeps the order, the best token and the length", () => {
    fc.assert(
      fc.property(rowArbitrary, processorArbitrary, (row, process) => {
        const before = row.slice();
        const after = process(row, [0]);
        expect(row).toEqual(before);
        expect(after).not.toBe(row);
        expect(after.length).toBe(row.length);
        const best = Math.max(...row);
        expect(after[row.indexOf(best)]).toBe(Math.max(...after));
        for (let a = 0; a < row.length; a++) {
          for (let b = 0; b < row.length; b++) {
            // Equal scores may be told apart by a cut between them, but a larger one never falls behind.
            if (row[a] > row[b]) {
              expect(after[a]).toBeGreaterThanOrEqual(after[b]);
            }
          }
        }
      }),
    );
  });

  test("topK and topP hand on the scores that they keep as they are", () => {
    fc.assert(
      fc.property(
        rowArbitrary,
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (row, k, p) => {
          for (const after of [topK(k)(row, [0]), topP(p)(row, [0])]) {
            for (const token of kept(after)) expect(after[token]).toBe(row[token]);
          }
        },
      ),
    );
  });

  test("topP keeps the fewest tokens that reach p, or the most that stay within it", () => {
    fc.assert(
      fc.property(rowArbitrary, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (row, p) => {
        const probabilities = softmax(row);
        const mass = (tokens: number[]) => tokens.reduce((sum, token) => sum + probabilities[token], 0);
        const slack = 2e-7;
        const reaching = kept(topP(p)(row, [0]));
        const smallest = Math.min(...reaching.map((token) => probabilities[token]));
        expect(mass(reaching)).toBeGreaterThan(p - slack);
        if (reaching.length > 1) expect(mass(reaching) - smallest).toBeLessThan(p + slack);

        const within = kept(topP(p, { rule: "atMost" })(row, [0]));
        const left = [...probabilities.keys()].filter((token) => !within.includes(token));
        if (within.length > 1) expect(mass(within)).toBeLessThan(p + slack);
        if (left.length > 0) {
          const next = Math.max(...left.map((token) => probabilities[token]));
          expect(mass(within) + next).toBeGreaterThan(p - slack);
        }
      }),
    );
  });

  test("topP finds the same nucleus in a vocabulary of 151,936 tokens, peaked and flat", () => {
    const random = seededRandom(3);
    for (const spread of [12, 1]) {
      const row = Float32Array.from({ length: 151_936 }, () => random.next() * spread);
      const left = kept(topP(0.9)(row, [0]));
      const probabilities = softmax(row);
      const sorted = [...probabilities].sort((a, b) => b - a);
      let count = 0;
      for (let sum = 0; sum < 0.9; count++) sum += sorted[count];
      // A billionth of the mass lies within the tolerance of the sum.
      expect(Math.abs(left.length - count)).toBeLessThanOrEqual(1);
    }
  });
});

describe("chain", () => {
  const plusOne = named("plusOne", (logits) => logits.map((score) => score + 1));
  const double = (logits: Float32Array) => logits.map((score) => score * 2);

  test("runs from left to right, hands the tokens on, and an empty one changes nothing", () => {
    const row = Float32Array.of(1, 2);
    expect([...chain([plusOne, double])(row, [0])]).toEqual([4, 6]);
    expect([...chain([double, plusOne])(row, [0])]).toEqual([3, 5]);
    expect([...chain([])(row, [0])]).toEqual([1, 2]);
    const countTokens: LogitsProcessor = (_, tokens) => Float32Array.from(tokens);
    expect([...chain([plusOne, countTokens])(row, [4, 5])]).toEqual([4, 5]);
  });

  test("shows what each stage made of a row, by name", () => {
    const stages = runStages(chain([plusOne, topK(1)]), Float32Array.of(1, 2), [0]);
    expect(stages.map(({ name, logits }) => [name, [...logits]])).toEqual([
      ["plusOne", [2, 3]],
      ["topK", [ruledOut, 3]],
    ]);
    expect(runStages(temperature(2), Float32Array.of(1), [0])[0]?.name).toBe("temperature");
  });
});

describe("options", () => {
  test.each([
    [() => temperature(0), "`temperature.t` must be a number above 0 (for 0 use greedy decoding), but is 0"],
    [() => temperature(Number.NaN), "but is NaN"],
    [() => temperature(Number.POSITIVE_INFINITY), "but is Infinity"],
    [() => topK(0), "`topK.k` must be a whole number from 1, but is 0"],
    [() => topK(1.5), "but is 1.5"],
    [() => topK(5, { minTokensToKeep: 0 }), "`topK.minTokensToKeep` must be a whole number from 1, but is 0"],
    [() => topP(1.1), "`topP.p` must be a number from 0 to 1, but is 1.1"],
    [() => topP(-0.1), "but is -0.1"],
    [() => topP(0.5, { rule: "atleast" as "atLeast" }), "one of: atLeast, atMost (did you mean `atLeast`?)"],
    [() => topP(0.5, { minTokens: 2 } as object), "`topP.minTokens` must be a known field"],
  ])("%s", (create, message) => {
    expect(create).toThrow(OptionError);
    expect(create).toThrow(message);
  });

  test("the registry knows these types", () => {
    expect([...processorTypes].sort()).toEqual([
      "badWords",
      "dry",
      "dynamicTemperature",
      "encoderNoRepeatNgram",
      "encoderRepetitionPenalty",
      "epsilon",
      "eta",
      "exponentialDecayLength",
      "forcedEnd",
      "forcedFirst",
      "frequencyPenalty",
      "minLength",
      "minNewTokens",
      "minP",
      "mirostat",
      "noRepeatNgram",
      "normalize",
      "presencePenalty",
      "repetitionPenalty",
      "sequenceBias",
      "suppressTokens",
      "temperature",
      "topH",
      "topK",
      "topNSigma",
      "topP",
      "typical",
      "watermark",
      "xtc",
    ]);
  });
});

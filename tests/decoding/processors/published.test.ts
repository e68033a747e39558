import { describe, expect, test } from "vitest";
import type { Random } from "../../../lib/core/random.js";
import { softmax } from "../../../lib/core/rows.js";
import {
  chain,
  dry,
  dynamicTemperature,
  frequencyPenalty,
  type LogitsProcessor,
  minP,
  presencePenalty,
  repetitionPenalty,
  temperature,
  topK,
  topNSigma,
  topP,
  typical,
  xtc,
} from "../../../lib/decoding/index.js";
import { contextWith, kept, scores } from "./context.js";

// Rows and results are those of llama.cpp's tests/test-sampling.cpp (ggml-org/llama.cpp, MIT), read
// in November 2026, with its tolerance. A ruled-out token has the probability 0 here.

const rising = [0.1, 0.2, 0.3, 0.4];
const falling = [0.4, 0.3, 0.2, 0.1];
const four = [0.25, 0.25, 0.25, 0.25];
const five = [0.2, 0.2, 0.2, 0.2, 0.2];
const always: Random = { next: () => 0 };

function expectProbabilities(
  process: LogitsProcessor,
  probabilities: number[],
  expected: number[],
  tokens: number[] = [],
) {
  const actual = softmax(process(scores(probabilities), tokens));
  for (const [token, probability] of expected.entries()) {
    expect(Math.abs(actual[token] - probability), `token ${token}`).toBeLessThan(1e-5);
  }
}

describe("published", () => {
  test.each([
    { t: 1, expected: rising },
    { t: 1e-3, expected: [0, 0, 0, 1] }, // theirs is 0, which is `greedy` here
  ])("temperature $t", ({ t, expected }) => {
    expectProbabilities(temperature(t), rising, expected);
    expectProbabilities(dynamicTemperature({ low: t, high: t }), rising, expected);
  });

  test.each([
    { k: 1, expected: [0, 0, 0, 1] },
    { k: 3, expected: [0, 0.22222, 0.33333, 0.44444] },
    { k: 4, expected: rising },
  ])("topK $k", ({ k, expected }) => {
    expectProbabilities(topK(k), rising, expected);
  });

  test.each([
    { p: 0, expected: [0, 0, 0, 1] },
    { p: 0.7, expected: [0, 0, 0.428571, 0.571429] },
    { p: 0.8, expected: [0, 0.22222, 0.33333, 0.44444] },
    { p: 1, expected: rising },
  ])("topP $p", ({ p, expected }) => {
    expectProbabilities(topP(p), rising, expected);
  });

  test.each([
    { p: 0, left: [0, 1, 2, 3] },
    { p: 0.24, left: [0, 1, 2, 3] },
    { p: 0.26, left: [1, 2, 3] },
    { p: 0.49, left: [1, 2, 3] },
    { p: 0.51, left: [2, 3] },
    { p: 0.74, left: [2, 3] },
    { p: 0.76, left: [3] },
    { p: 1, left: [3] },
  ])("minP $p leaves $left", ({ p, left }) => {
    expect(kept(minP(p)(scores(rising), []))).toEqual(left);
  });

  test.each([
    { threshold: 0.09, left: [3] },
    { threshold: 0.19, left: [2, 3] },
    { threshold: 0.29, left: [1, 2, 3] },
    { threshold: 0.39, left: [0, 1, 2, 3] },
  ])("xtc from $threshold leaves $left", ({ threshold, left }) => {
    expect(kept(xtc({ probability: 0.99, threshold }, always)(scores(falling), []))).toEqual(left);
  });

  test.each([
    { row: [0.97, 0.01, 0.01, 0.01], left: [0] },
    { row: [0.4, 0.2, 0.2, 0.2], left: [1, 2, 3] },
  ])("typical 0.5 of $row leaves $left", ({ row, left }) => {
    expect(kept(typical(0.5)(scores(row), []))).toEqual(left);
  });

  test.each([
    { tokens: [0], expected: [0, 0.25, 0.25, 0.25, 0.25] },
    { tokens: [0, 1, 2], expected: [0, 0, 0, 0.5, 0.5] },
    { tokens: [0, 1, 2, 0, 0], expected: [0, 0, 0, 0.5, 0.5] },
  ])("repetitionPenalty 50 after $tokens", ({ tokens, expected }) => {
    expectProbabilities(repetitionPenalty(50), five, expected, tokens);
  });

  test.each([
    { tokens: [0], expected: [0.000011, 0.249997, 0.249997, 0.249997, 0.249997] },
    { tokens: [0, 1, 2], expected: [0.000023, 0.000023, 0.000023, 0.499966, 0.499966] },
    { tokens: [0, 1, 2, 0, 0], expected: [0, 0.000023, 0.000023, 0.499977, 0.499977] },
  ])("frequency and presence penalty 5 after $tokens", ({ tokens, expected }) => {
    expectProbabilities(chain([frequencyPenalty(5), presencePenalty(5)]), five, expected, tokens);
  });

  test.each([
    { row: four, tokens: [0, 1], expected: four, options: {} },
    { row: four, tokens: [0, 1, 2, 0, 1], expected: [0.296923, 0.296923, 0.109232, 0.296923], options: {} },
    { row: five, tokens: [0, 1, 3, 4, 0, 1], expected: five, options: { breakers: [[3]] } },
    {
      row: five,
      tokens: [0, 1, 2, 0, 1],
      expected: [0.241818, 0.241818, 0.032727, 0.241818, 0.241818],
      options: { multiplier: 2 },
    },
    { row: five, tokens: [0, 1, 2, 3, 4, 0, 1], expected: five, options: { allowedLength: 4 } },
  ])("dry $options after $tokens", ({ row, tokens, expected, options }) => {
    const config = { multiplier: 1, base: 1.1, allowedLength: 2, breakers: [], window: tokens.length };
    const process = dry({ ...config, ...options }, contextWith({ vocabSize: row.length }));
    expectProbabilities(process, row, expected, tokens);
  });

  test("topNSigma 1 and 3", () => {
    expectProbabilities(topNSigma(1), rising, [0, 0, 0.428571, 0.571429]);
    expectProbabilities(topNSigma(3), rising, rising);
  });

  test.each(["kp", "km", "pk", "pm", "mk", "mp", "kpm", "kmp", "pkm", "pmk", "mkp", "mpk"])(
    "a queue of top-k 100, top-p 0.8 and min-p 0.1 as %s over probabilities that rise with the id",
    (queue) => {
      const stages = { k: topK(100), p: topP(0.8), m: minP(0.1) };
      const names = [...queue] as (keyof typeof stages)[];
      const process = chain(names.map((name) => stages[name]));
      const row = Float32Array.from({ length: 10_000 }, (_, id) => Math.log(id));
      // The lowest id left: probabilities are proportional to ids, so whole numbers say where each stage cuts.
      let lowest = 1;
      for (const name of names) {
        if (name === "k") lowest = Math.max(lowest, 9900);
        if (name === "m") lowest = Math.max(lowest, 1000);
        if (name === "p") lowest = nucleusFrom(lowest, 9999, 0.8);
      }
      expect(kept(process(row, []))).toEqual(Array.from({ length: 10_000 - lowest }, (_, i) => lowest + i));
    },
  );
});

/** The lowest of the highest ids that together hold a share of the sum of all from `lowest` to `highest`. */
function nucleusFrom(lowest: number, highest: number, share: number): number {
  const sumTo = (id: number) => (id * (id + 1)) / 2;
  const target = Math.ceil(share * (sumTo(highest) - sumTo(lowest - 1)));
  let id = highest;
  while (sumTo(highest) - sumTo(id - 1) < target) id--;
  return id;
}

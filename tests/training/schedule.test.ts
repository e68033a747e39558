import { expect, test } from "vitest";
import { learningRateAt } from "../../lib/training/schedule.js";

const cosine = { type: "cosine", warmupSteps: 4, finalShare: 0.1 } as const;

test.each([
  ["a quarter up", 1, cosine, 0.25],
  ["the top at the end of the warm-up", 4, cosine, 1],
  ["half way down", 8, cosine, 0.55],
  ["the last step has the final share", 12, cosine, 0.1],
  ["beyond the last step it stays", 20, cosine, 0.1],
  ["constant after the warm-up", 9, { ...cosine, type: "constant" } as const, 1],
  ["no warm-up begins below the top of a cosine", 12, { ...cosine, warmupSteps: 0 }, 0.1],
  ["nothing but warm-up", 12, { ...cosine, warmupSteps: 12 }, 1],
])("%s", (_, step, schedule, expected) => {
  expect(learningRateAt(step, { learningRate: 1, steps: 12, schedule })).toBeCloseTo(expected, 12);
});

test.each([
  [2000, 100],
  [100_000, 100],
  [60, 3],
  [12, 0],
])("left to itself, the warm-up of %d steps takes %d", (steps, warmup) => {
  const settings = { learningRate: 1, steps, schedule: { ...cosine, warmupSteps: null } };
  const rates = [1, warmup, warmup + 1].map((step) => learningRateAt(step, settings));
  expect(rates[0]).toBeCloseTo(warmup === 0 ? (rates[2] ?? 0) : 1 / warmup, 12);
  if (warmup > 0) expect(rates[1]).toBe(1);
  expect(rates[2]).toBeLessThan(1);
});

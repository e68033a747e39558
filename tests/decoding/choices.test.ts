import { expect, test } from "vitest";
import { LogitsError, OptionError } from "../../lib/core/errors.js";
import { topChoices } from "../../lib/decoding/index.js";
import { beamExample } from "../../lib/models/table/index.js";

test("lists the likeliest tokens with rank, probability and text", async () => {
  const { model, tokenizer } = beamExample();
  const [row] = await model.nextLogits([[0]]);
  const choices = topChoices(row as Float32Array, 3, tokenizer);
  expect(choices.map(({ token, rank, text }) => [token, rank, text])).toEqual([
    [1, 1, "A"],
    [2, 2, "B"],
    [3, 3, "C"],
  ]);
  expect(choices.map(({ probability }) => Number(probability.toFixed(6)))).toEqual([0.5, 0.2, 0.2]);
  for (const { probability, logProb } of choices) expect(Math.exp(logProb)).toBeCloseTo(probability, 12);
});

test("has no text without a tokenizer, and no more choices than tokens", () => {
  const choices = topChoices(Float32Array.of(0, 1), 10);
  expect(choices.map(({ token }) => token)).toEqual([1, 0]);
  expect(choices[0]).not.toHaveProperty("text");
});

test("refuses a count below 1 and a row without a distribution", () => {
  expect(() => topChoices(Float32Array.of(1), 0)).toThrow(OptionError);
  expect(() => topChoices(Float32Array.of(1), 1.5)).toThrow(
    "`count` must be a whole number from 1, but is 1.5",
  );
  expect(() => topChoices(Float32Array.of(Number.NaN), 1)).toThrow(LogitsError);
});

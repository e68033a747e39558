import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bleu, distinct, modelLogProb, repetitionRate, selfBleu } from "../../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../../lib/models/table/index.js";
import { recorded } from "../models.js";

interface BleuCase {
  readonly tokens: number[];
  readonly references: number[][];
  readonly bleu: number;
}

const texts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 15 });

describe("distinct", () => {
  test.each([
    { tokens: [1, 2, 3], size: 1, expected: 1 },
    { tokens: [1, 1, 1, 1], size: 1, expected: 1 / 4 },
    { tokens: [1, 1, 1, 1], size: 2, expected: 1 / 3 },
    { tokens: [1, 2, 1, 2, 1], size: 2, expected: 2 / 4 },
    { tokens: [1, 2, 1, 2, 1], size: 3, expected: 2 / 3 },
    // One n-gram of 11 and 2, another of 1 and 12: ids must not run together.
    { tokens: [11, 2, 1, 12], size: 2, expected: 1 },
    { tokens: [1, 2], size: 3, expected: null },
    { tokens: [], size: 1, expected: null },
  ])("%j", ({ tokens, size, expected }) => {
    expect(distinct(tokens, size)).toBe(expected);
  });

  test.each([0, -1, 1.5])("a size of %j is an error", (size) => {
    expect(() => distinct([1], size)).toThrow(/`size` must be a whole number from 1/);
  });
});

test.each([
  { tokens: [1, 2, 3, 4, 5], expected: 0 },
  { tokens: [1, 1, 1, 1, 1], expected: 1 / 2 },
  { tokens: [1, 2, 3, 4, 1, 2, 3, 4], expected: 1 / 5 },
  { tokens: [1, 2, 3], expected: null },
])("repetition rate: %j", ({ tokens, expected }) => {
  const rate = repetitionRate(tokens);
  if (expected === null) expect(rate).toBeNull();
  else expect(rate).toBeCloseTo(expected, 12);
});

describe("bleu", () => {
  test("by hand: clipped precisions 3/4, 2/3, 1/2, and 0.1/1 for none", () => {
    // "a b c d" against "a b c": 3 of 4 tokens, 2 of 3 pairs, 1 of 2 triples, no four. Longer: no penalty.
    expect(bleu([1, 2, 3, 4], [[1, 2, 3]])).toBeCloseTo(((3 / 4) * (2 / 3) * (1 / 2) * 0.1) ** 0.25, 12);
  });

  test("by hand: a short text pays exp(1 - r / c)", () => {
    expect(bleu([1, 2, 3, 4], [[1, 2, 3, 4, 5, 6]])).toBeCloseTo(Math.exp(1 - 6 / 4), 12);
  });

  test("equals NLTK's smoothed sentence BLEU on every recorded case", () => {
    const file = new URL("../../golden/bleu/cases.json", import.meta.url);
    const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: BleuCase[] };
    expect(cases.length).toBe(60);
    for (const { tokens, references, bleu: expected } of cases) {
      expect(bleu(tokens, references), JSON.stringify({ tokens, references })).toBeCloseTo(expected, 12);
    }
  });

  test("lies between 0 and 1, and is 1 for a text of four tokens or more among its references", () => {
    fc.assert(
      fc.property(texts, fc.array(texts, { minLength: 1, maxLength: 3 }), (tokens, references) => {
        const value = bleu(tokens, references);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        if (tokens.length >= 4) expect(bleu(tokens, [...references, tokens])).toBeCloseTo(1, 12);
      }),
    );
  });
});

test.each([
  { samples: [[1, 2, 3]], expected: [null] },
  { samples: [], expected: [] },
  {
    samples: [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    expected: [1, 1],
  },
  { samples: [[1, 2, 3, 4], [5, 6], []], expected: [0, 0, 0] },
])("self-BLEU: %j", ({ samples, expected }) => {
  expect(selfBleu(samples)).toEqual(expected);
});

describe("the model's own log-probability", () => {
  test("is the product of the book's example", async () => {
    const { model } = beamExample();
    expect(await modelLogProb(model, [0], [1, 2, 3, 4])).toBeCloseTo(Math.log(0.048), 6);
    expect(await modelLogProb(model, [0], [1, 3, 2, 4])).toBeCloseTo(Math.log(0.054), 6);
  });

  test("asks for each prefix once, in batches, and for none beyond the context", async () => {
    const { model, calls } = recorded(
      tableModel({ vocabSize: 2, otherwise: [0.25, 0.75], contextLength: 40 }),
    );
    const tokens = Array.from({ length: 40 }, (_, index) => index % 2);
    expect(await modelLogProb(model, [0], tokens)).toBeCloseTo(20 * Math.log(0.25 * 0.75), 4);
    expect(calls.flat().map(({ length }) => length)).toEqual(tokens.map((_, index) => index + 1));
    expect(Math.max(...calls.map(({ length }) => length))).toBe(16);
  });

  test("a token that the model rules out makes it -Infinity", async () => {
    const model = tableModel({ vocabSize: 2, otherwise: [1, 0] });
    expect(await modelLogProb(model, [0], [0, 1])).toBe(Number.NEGATIVE_INFINITY);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LogitsError } from "../../lib/core/errors.js";
import { entropy, logSoftmax, logSumExp, maxScore, softmax } from "../../lib/core/rows.js";
import { argmax, topIndices } from "../../lib/core/top.js";

const finite = fc.float({ min: -80, max: 80, noNaN: true });
/** Rows with at least one finite score, some tokens ruled out, and ties. */
const rowArbitrary = fc
  .tuple(
    finite,
    fc.array(fc.oneof(finite, fc.constant(Number.NEGATIVE_INFINITY), fc.constant(1)), { maxLength: 60 }),
  )
  .map(([first, rest]) => Float32Array.from([first, ...rest]));

const infinity = Number.POSITIVE_INFINITY;

describe("rows", () => {
  test.each([
    { row: [0, 0], probabilities: [0.5, 0.5], nats: Math.LN2 },
    { row: [Math.log(1), Math.log(3)], probabilities: [0.25, 0.75], nats: 0.5623351446188083 },
    { row: [5, -infinity], probabilities: [1, 0], nats: 0 },
    { row: [1000, 1000, -1000], probabilities: [0.5, 0.5, 0], nats: Math.LN2 },
  ])("softmax, its logarithm and its entropy of $row", ({ row, probabilities, nats }) => {
    for (const [index, probability] of probabilities.entries()) {
      expect(softmax(row)[index]).toBeCloseTo(probability, 12);
    }
    expect(logSoftmax(row)[0]).toBeCloseTo(Math.log(probabilities[0]), 12);
    expect(entropy(row)).toBeCloseTo(nats, 12);
  });

  test.each([
    { row: [1, Number.NaN], message: "token 1 is NaN" },
    { row: [Number.NaN, infinity], message: "token 0 is NaN" },
    { row: [1, infinity], message: "+Infinity" },
    { row: [-infinity, -infinity], message: "no token is left" },
    { row: [], message: "no token is left" },
  ])("refuses $row", ({ row, message }) => {
    for (const fn of [maxScore, logSumExp, softmax, logSoftmax, entropy]) {
      expect(() => fn(row)).toThrow(LogitsError);
      expect(() => fn(row)).toThrow(message);
    }
  });

  test("survives a vocabulary of 151,936 tokens and keeps its tail", () => {
    const row = new Float32Array(151_936).fill(-20);
    row[7] = 0;
    const tail = 151_935 * Math.exp(-20);
    expect(logSumExp(row)).toBeCloseTo(Math.log1p(tail), 10); // in 32 bits the sum would stay 1
    expect(softmax(row).reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 10);
  });

  test("laws: probabilities sum to 1, logarithms agree, a shift changes nothing, the input stays", () => {
    fc.assert(
      fc.property(rowArbitrary, fc.integer({ min: -20, max: 20 }), (row, shift) => {
        const before = row.slice();
        const probabilities = softmax(row);
        const shifted = softmax(Float64Array.from(row, (score) => score + shift));
        const logProbs = logSoftmax(row);
        let sum = 0;
        for (let i = 0; i < row.length; i++) {
          sum += probabilities[i];
          expect(Math.exp(logProbs[i])).toBeCloseTo(probabilities[i], 10);
          expect(shifted[i]).toBeCloseTo(probabilities[i], 10);
        }
        expect(sum).toBeCloseTo(1, 10);
        const nats = entropy(row);
        expect(nats).toBeGreaterThanOrEqual(0);
        expect(nats).toBeLessThanOrEqual(Math.log(row.length) + 1e-9);
        expect(row).toEqual(before);
      }),
    );
  });
});

describe("top", () => {
  test.each([
    { row: [1, 3, 2], best: 1, top2: [1, 2] },
    { row: [3, 3, 3], best: 0, top2: [0, 1] },
    { row: [-infinity, -infinity, -5], best: 2, top2: [2, 0] },
    { row: [7], best: 0, top2: [0] },
  ])("argmax and top 2 of $row", ({ row, best, top2 }) => {
    expect(argmax(row)).toBe(best);
    expect(topIndices(row, 2)).toEqual(top2);
  });

  test("law: the same as a full stable sort, for any count", () => {
    fc.assert(
      fc.property(rowArbitrary, fc.nat(70), (row, count) => {
        const sorted = Array.from(row.keys()).sort((a, b) => {
          const [x, y] = [row[a], row[b]];
          return x === y ? a - b : x < y ? 1 : -1;
        });
        expect(topIndices(row, count)).toEqual(sorted.slice(0, count));
        expect(argmax(row)).toBe(sorted[0]);
      }),
    );
  });
});

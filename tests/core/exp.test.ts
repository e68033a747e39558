import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sumExp } from "../../lib/core/exp.js";

const infinity = Number.POSITIVE_INFINITY;
const units = (value: number, expected: number) => Math.abs(value / expected - 1) / Number.EPSILON;

describe("sumExp", () => {
  test.each([
    { row: [0], shift: 0, weights: [1] },
    { row: [3, 3], shift: 3, weights: [1, 1] },
    { row: [1.5, -0.25, 1, 0.75, -3], shift: 1.5, weights: undefined },
    { row: [0, -infinity], shift: 0, weights: [1, 0] },
    { row: [-699.99, -700, -720, -745, -746, -747, -1e30], shift: 0, weights: undefined },
    { row: [], shift: 0, weights: [] },
  ])("of $row", ({ row, shift, weights }) => {
    const own = new Float64Array(row.length);
    const sum = sumExp(row, shift, own);
    const expected = row.map((score) => Math.exp(score - shift));
    for (const [index, weight] of expected.entries()) {
      if (weight > 0) expect(units(own[index], weight)).toBeLessThan(8);
      else expect(own[index]).toBe(0);
    }
    if (weights) expect([...own]).toEqual(weights);
    expect(sum).toBe(own.reduce((total, weight) => total + weight, 0));
    expect(sumExp(row, shift)).toBe(sum);
  });

  test("law: each weight is Math.exp's but for the last digits, and rises with the score", () => {
    const score = fc.double({ min: -708, max: 0, noNaN: true });
    const property = fc.property(score, score, (a, b) => {
      const weights = new Float64Array(2);
      sumExp([a, b], 0, weights);
      expect(units(weights[0], Math.exp(a))).toBeLessThan(8);
      if (b - a > 1e-12) expect(weights[1]).toBeGreaterThan(weights[0]);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test("scores as far apart as float32 can be", () => {
    expect(sumExp(Float32Array.of(3.4e38, -3.4e38, 0), Math.fround(3.4e38))).toBe(1);
  });
});

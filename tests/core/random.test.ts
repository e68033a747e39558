import { describe, expect, test } from "vitest";
import { OptionError } from "../../lib/core/errors.js";
import { seededRandom } from "../../lib/core/random.js";

function draws(count: number, seed: number, stream?: number): number[] {
  const random = seededRandom(seed, stream);
  return Array.from({ length: count }, () => random.next());
}

describe("seededRandom", () => {
  test("repeats itself for the same seed and stream", () => {
    expect(draws(50, 42, 3)).toEqual(draws(50, 42, 3));
    expect(draws(3, 42)).toEqual(draws(3, 42, 0));
  });

  test("gives the numbers that recipes already written rely on", () => {
    expect(draws(3, 1)).toMatchInlineSnapshot(`
      [
        0.7120514510800494,
        0.27433817728987087,
        0.0687034370459445,
      ]
    `);
    expect(draws(2, 1, 1)).toMatchInlineSnapshot(`
      [
        0.9849571721642748,
        0.03672924546161882,
      ]
    `);
  });

  test("differs from the first draw on between seeds, streams, and seeds that differ above 32 bits", () => {
    const seeds = Array.from({ length: 1000 }, (_, seed) => draws(1, seed)[0]);
    const streams = Array.from({ length: 200 }, (_, stream) => draws(1, 5, stream)[0]);
    expect(new Set(seeds).size).toBe(1000);
    expect(new Set(streams).size).toBe(200);
    expect(draws(1, 1)).not.toEqual(draws(1, 1 + 2 ** 32));
    expect(draws(1, Number.MAX_SAFE_INTEGER)).not.toEqual(draws(1, Number.MAX_SAFE_INTEGER - 2 ** 40));
  });

  test.each([
    { name: "one long stream", sample: () => draws(20_000, 7) },
    { name: "first draws of neighbouring seeds", sample: () => firstDraws((i) => [i, 0]) },
    { name: "first draws of neighbouring streams", sample: () => firstDraws((i) => [9, i % 500], 500) },
  ])("is uniform: $name", ({ sample }) => {
    const numbers = sample();
    const bins = new Array<number>(10).fill(0);
    for (const number of numbers) {
      expect(number).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThan(1);
      const bin = Math.floor(number * 10);
      bins[bin] = bins[bin] + 1;
    }
    const expected = numbers.length / 10;
    const chiSquared = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 9 degrees of freedom: 27.9 is exceeded once in a thousand times by chance.
    expect(chiSquared).toBeLessThan(27.9);
  });

  test("neighbouring seeds and streams are uncorrelated", () => {
    for (const [a, b] of [
      [draws(5000, 1), draws(5000, 2)],
      [draws(5000, 1, 0), draws(5000, 1, 1)],
    ] as const) {
      const covariance = a.reduce((sum, x, i) => sum + (x - 0.5) * (b[i] - 0.5), 0) / a.length;
      expect(Math.abs(covariance * 12)).toBeLessThan(0.05);
    }
  });

  test.each([[-1], [1.5], [Number.NaN], [2 ** 53]])("refuses %s as seed and as stream", (number) => {
    expect(() => seededRandom(number)).toThrow(OptionError);
    expect(() => seededRandom(0, number)).toThrow(OptionError);
  });
});

function firstDraws(at: (index: number) => [number, number], count = 5000): number[] {
  return Array.from({ length: count }, (_, index) => draws(1, ...at(index))[0] as number);
}

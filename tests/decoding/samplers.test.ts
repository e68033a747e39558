import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LogitsError } from "../../lib/core/errors.js";
import { type Random, seededRandom } from "../../lib/core/random.js";
import { greedy, multinomial } from "../../lib/decoding/index.js";

const ruledOut = Number.NEGATIVE_INFINITY;
const always = (number: number): Random => ({ next: () => number });
const justBelowOne = 1 - 2 ** -53;

describe("samplers", () => {
  test.each([
    { row: [1, 3, 2], token: 1 },
    { row: [3, 3], token: 0 },
    { row: [ruledOut, -4, ruledOut], token: 1 },
  ])("greedy takes the likeliest of $row, the lowest id on a tie", ({ row, token }) => {
    expect(greedy()(Float32Array.from(row))).toBe(token);
  });

  test.each([
    { number: 0, token: 1 },
    { number: 0.24, token: 1 },
    { number: 0.26, token: 2 },
    { number: 0.74, token: 2 },
    { number: 0.76, token: 4 },
    { number: justBelowOne, token: 4 },
  ])("multinomial draws token $token for $number", ({ number, token }) => {
    const row = Float32Array.from([0, 0.25, 0.5, 0, 0.25, 0], Math.log);
    expect(multinomial(always(number))(row)).toBe(token);
  });

  test.each([
    { name: "NaN", row: [1, Number.NaN], message: "NaN" },
    { name: "only -Infinity", row: [ruledOut, ruledOut], message: "no token is left" },
    { name: "+Infinity", row: [1, Number.POSITIVE_INFINITY], message: "+Infinity" },
    { name: "nothing", row: [], message: "no token is left" },
  ])("both refuse a row of $name", ({ row, message }) => {
    for (const sample of [greedy(), multinomial(seededRandom(0))]) {
      expect(() => sample(Float32Array.from(row))).toThrow(LogitsError);
      expect(() => sample(Float32Array.from(row))).toThrow(message);
    }
  });

  test("law: a token that is ruled out is never drawn, whatever the random number and the rounding", () => {
    const score = fc.oneof(fc.float({ min: -30, max: 30, noNaN: true }), fc.constant(ruledOut));
    const number = fc.oneof(
      fc.constantFrom(0, justBelowOne, 0.9999999999999998),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 40 }), number, (scores, drawn) => {
        fc.pre(scores.some((score) => score !== ruledOut));
        const row = Float32Array.from(scores);
        const before = row.slice();
        const token = multinomial(always(drawn))(row);
        expect(row[token]).toBeGreaterThan(ruledOut);
        expect(row).toEqual(before);
      }),
    );
  });

  test("multinomial draws by probability", () => {
    const probabilities = [0.05, 0.6, 0.25, 0.1];
    const sample = multinomial(seededRandom(11));
    const row = Float32Array.from(probabilities, Math.log);
    const counts = [0, 0, 0, 0];
    const rounds = 20_000;
    for (let i = 0; i < rounds; i++) {
      const token = sample(row);
      counts[token] = counts[token] + 1;
    }
    for (const [token, probability] of probabilities.entries()) {
      const deviation = Math.sqrt((probability * (1 - probability)) / rounds);
      expect(Math.abs(counts[token] / rounds - probability)).toBeLessThan(4 * deviation);
    }
  });
});

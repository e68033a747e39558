import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { halfToFloat } from "../../../lib/core/half.js";
import { dequantize, type SupportedType } from "../../../lib/models/gguf/index.js";
import { floatToHalf, quantise } from "../../support/quantise.js";

describe("halfToFloat", () => {
  test.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])("%i is %d", (bits, value) => {
    expect(halfToFloat(bits)).toBe(value);
  });

  test("every finite half comes back from its number", () => {
    const finite = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7c00) !== 0x7c00,
    );
    expect(finite.filter((bits) => floatToHalf(halfToFloat(bits)) !== bits)).toEqual([]);
  });
});

/** A block whose packed bytes count 0x10, 0x32, 0x54 and so on, so that each of its numbers is told apart. */
const COUNTING = Array.from({ length: 16 }, (_, i) => ((2 * i) & 15) | ((((2 * i) & 15) + 1) << 4));
const LOW = COUNTING.map((byte) => byte & 15);
const HIGH = COUNTING.map((byte) => byte >> 4);

describe("dequantize", () => {
  test.each<[SupportedType, number[], number[]]>([
    ["F32", [0, 0, 128, 63, 0, 0, 32, 192], [1, -2.5]],
    ["F16", [0x00, 0x3c, 0x00, 0xc1], [1, -2.5]],
    ["Q4_0", [0x00, 0x38, ...COUNTING], [...LOW, ...HIGH].map((n) => 0.5 * (n - 8))],
    ["Q4_1", [0x00, 0x38, 0x00, 0xc0, ...COUNTING], [...LOW, ...HIGH].map((n) => 0.5 * n - 2)],
    [
      "Q8_0",
      [0x00, 0x34, ...Array.from({ length: 32 }, (_, i) => (8 * i) & 255)],
      Array.from({ length: 32 }, (_, i) => 0.25 * (i < 16 ? 8 * i : 8 * i - 256)),
    ],
  ])("%s", (type, bytes, numbers) => {
    expect([...dequantize(type, Uint8Array.from(bytes))]).toEqual(numbers);
  });

  const STEPS = { F32: 0, F16: 2 ** -11, Q4_0: 1 / 8, Q4_1: 1 / 15, Q8_0: 1 / 127 } as const;

  test.each(Object.entries(STEPS) as [SupportedType, number][])(
    "%s stays within a step of the numbers",
    (type, step) => {
      const block = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 64, maxLength: 64 });
      fc.assert(
        fc.property(block, (numbers) => {
          const restored = dequantize(type, quantise(type, Float32Array.from(numbers)));
          const width = Math.max(...numbers) - Math.min(...numbers) + Math.max(...numbers.map(Math.abs));
          return restored.every((x, i) => Math.abs(x - numbers[i]) <= step * width + 2 ** -20);
        }),
      );
    },
  );
});

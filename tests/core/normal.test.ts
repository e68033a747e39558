import { expect, test } from "vitest";
import { normalTail } from "../../lib/core/normal.js";

// erfc(z / sqrt(2)) / 2 by CPython's math.erfc.
test.each([
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [1, 0.15865525393145707],
  [1.959963984540054, 0.025],
  [2.999, 0.0013543365337271066],
  [3, 0.0013498980316300957],
  [5, 2.866515718791946e-7],
  [10, 7.619853024160593e-24],
  [30, 4.906713927148908e-198],
])("the tail beyond %s is %s, and the rest on the other side", (z, expected) => {
  expect(normalTail(z) / expected).toBeCloseTo(1, 9);
  expect(normalTail(-z)).toBeCloseTo(1 - expected, 12);
});

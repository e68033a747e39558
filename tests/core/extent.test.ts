import { expect, test } from "vitest";
import { extent } from "../../lib/core/extent.js";

test.each([
  [
    [3, 1, 2],
    [1, 3],
  ],
  [[-0.5], [-0.5, -0.5]],
  [
    [Number.NaN, 2, Number.POSITIVE_INFINITY, -1, Number.NEGATIVE_INFINITY],
    [-1, 2],
  ],
  [[], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
])("%j ends at %j", (values, expected) => {
  expect(extent(values)).toEqual(expected);
});

test("more values than a call can take as arguments are no matter", () => {
  expect(extent(Array.from({ length: 300_000 }, (_, i) => i))).toEqual([0, 299_999]);
});

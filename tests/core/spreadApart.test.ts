import fc from "fast-check";
import { expect, test } from "vitest";
import { spreadApart } from "../../lib/core/spreadApart.js";

test.each([
  [[], []],
  [[5], [5]],
  [
    [0, 100],
    [0, 100],
  ],
  [
    [12, 10],
    [26, 10],
  ],
  [
    [10, 10, 20],
    [10, 26, 42],
  ],
])("%j stand 16 apart at %j", (wanted, places) => {
  expect(spreadApart(wanted, 16)).toEqual(places);
});

test("all stand apart, none before its place, in the same order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -500, max: 500 })), (wanted) => {
      const places = spreadApart(wanted, 16);
      const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
      for (const [position, i] of order.entries()) {
        expect(places[i]).toBeGreaterThanOrEqual(wanted[i]!);
        if (position > 0) expect(places[i]! - places[order[position - 1]!]!).toBeGreaterThanOrEqual(16);
      }
    }),
  );
});

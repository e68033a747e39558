import { expect, test } from "vitest";
import { OptionError } from "../../lib/core/errors.js";

const circle: Record<string, unknown> = {};
circle.self = circle;

test.each<[unknown, string]>([
  [undefined, "missing"],
  [null, "null"],
  [12n, "12n"],
  [Number.NaN, "NaN"],
  ["a\n", '"a\\n"'],
  [[1, "B"], '[1,"B"]'],
  [{ t: Number.POSITIVE_INFINITY, k: 5n }, '{"t":"Infinity","k":"5"}'],
  [() => 1, "a function"],
  [circle, "an object that holds itself"],
  [new Array(300).fill(1), `[${"1,".repeat(99)}1…`],
])("shows %s as it was given", (value, shown) => {
  expect(new OptionError("k", value, "5").message).toBe(`\`k\` must be 5, but is ${shown}`);
});

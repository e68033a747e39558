import { expect, test } from "vitest";
import { Recent } from "../../lib/core/recent.js";

test("the entries used last are kept", () => {
  const recent = new Recent<string, number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect(["a", "b", "c"].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
});

test("a key that is set again holds one place", () => {
  const recent = new Recent<string, number>(2);
  for (const value of [1, 2, 3]) recent.set("a", value);
  recent.set("b", 4);
  expect(["a", "b"].map((key) => recent.get(key))).toEqual([3, 4]);
});

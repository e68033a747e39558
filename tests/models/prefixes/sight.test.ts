import { expect, test } from "vitest";
import { growPath, prefixRoot } from "../../../lib/models/prefixes/prefixTree.js";
import { additiveMask, sightOf } from "../../../lib/models/prefixes/sight.js";

/** The text 1 2 3 4 and the branch 1 2 5, of which 1 and 2 lie in slots 11 and 10: rearranged, out of order. */
function texts() {
  const root = prefixRoot();
  const trunk = growPath(root, [1, 2, 3, 4], 1);
  const branch = growPath(root, [1, 2, 5], 1);
  trunk[0].slot = 11;
  trunk[1].slot = 10;
  return { trunk, branch };
}

test("a token sees its ancestors in the order of their text, then itself", () => {
  const { trunk, branch } = texts();
  const sights = sightOf([trunk[2], branch[2], trunk[3]]);
  expect(sights.map(({ past, fresh }) => [[...past], [...fresh]])).toEqual([
    [[11, 10], [0]],
    [[11, 10], [1]],
    [
      [11, 10],
      [0, 2],
    ],
  ]);
  expect(sights[2].past).toBe(sights[0].past);
});

test("one that has a slot is computed again, and its child finds it in the past", () => {
  const { trunk } = texts();
  const sights = sightOf([trunk[1], trunk[2]]);
  expect(sights.map(({ past, fresh }) => [[...past], [...fresh]])).toEqual([
    [[11], [0]],
    [[11, 10], [1]],
  ]);
});

test("a mask hides all else, once for each head that shares the keys", () => {
  const { trunk, branch } = texts();
  const mask = additiveMask(sightOf([trunk[2], branch[2], trunk[3]]), { from: 8, to: 12 }, 2);
  const seen = [...mask].map((value) => (value === 0 ? 1 : value < -1e8 ? 0 : Number.NaN));
  const once = [0, 0, 1, 1, 1, 0, 0, /**/ 0, 0, 1, 1, 0, 1, 0, /**/ 0, 0, 1, 1, 1, 0, 1];
  expect(seen).toEqual([...once, ...once]);
});

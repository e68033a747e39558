import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasPrefixCache } from "../../../lib/core/prefixCaching.js";
import type { OpenModel } from "../../../lib/core/types.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { openPretrained } from "../../../lib/models/pretrained/openPretrained.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { tinyGguf } from "../../support/gguf.js";
import { temporaryDirectory } from "../../support/temporary.js";

const opened: OpenModel[] = [];

beforeAll(async () => {
  const root = await temporaryDirectory();
  const file = tinyGguf({ layers: 1, contextLength: 64, quantisation: "Q8_0", seed: 9 });
  for (const graph of ["tree", "standard"] as const) {
    const directory = path.join(root, graph);
    await convertGguf(file, directory, { graphs: [graph], precisions: ["exact"] });
    opened.push(await openPretrained(`tiny ${graph}`, directory, "", { offline: true }));
  }
});

afterAll(() => Promise.all(opened.map(({ model }) => model.dispose())));

test("a model tells how much of a text it remembers", async () => {
  expect(opened).toHaveLength(2);
  for (const { model } of opened) {
    if (!hasPrefixCache(model)) throw new Error("the model keeps its cache to itself");
    expect(await model.cachedLengths([[5, 6, 7]])).toEqual([0]);
    await model.nextLogits([[5, 6, 7]]);
    const texts = [[5, 6, 7], [5, 6], [5, 6, 7, 8, 9], [5, 9, 7], [6], []];
    expect(await model.cachedLengths(texts)).toEqual([3, 2, 3, 1, 0, 0]);
    // Asking is no use of the texts, and no row is computed for it.
    expect(await model.cachedLengths([[5, 6, 7, 8, 9]])).toEqual([3]);
  }
});

test("a table remembers nothing, and says nothing of it", () => {
  expect(hasPrefixCache(beamExample().model)).toBe(false);
});

import { expect, test } from "vitest";
import type { Recipe } from "../../lib/decoding/index.js";
import { arithmeticModel } from "./arithmetic.js";
import { runRecipe } from "./models.js";

const common = { maxNewTokens: 12, seed: 2026 } as const;
const sample = { method: "sample", ...common } as const;

// Recorded from this library: whoever shares a recipe shares these, on every machine and in every browser.
const recorded: [string, Recipe, string[]][] = [
  ["sample", sample, ["1 20 11 23 12 1 20 2 16 5 13 20"]],
  [
    "sample, several",
    { ...sample, maxNewTokens: 5, numReturnSequences: 3 },
    ["1 20 11 23 12", "3 10 15 6 4", "3 19 14 6 17"],
  ],
  [
    "a nucleus",
    {
      ...sample,
      processors: [
        { type: "temperature", t: 0.8 },
        { type: "topP", p: 0.9 },
      ],
    },
    ["0 17 5 21 14 5 19 4 12 13 11 14"],
  ],
  [
    "xtc, which draws itself",
    { ...sample, processors: [{ type: "xtc", probability: 0.5, threshold: 0.1 }] },
    ["1 20 9 10 11 2 21 9 19 12 15 19"],
  ],
  [
    "mirostat",
    { ...sample, processors: [{ type: "mirostat", tau: 2, eta: 0.2 }] },
    ["0 17 3 20 17 0 21 6 14 20 15 20"],
  ],
  [
    "beamSample",
    { method: "beamSample", ...common, numBeams: 3, numReturnSequences: 2 },
    ["3 14 0 19 6 3 0 17 21 10 20 4", "3 14 0 19 6 3 0 17 21 10 7 10"],
  ],
  [
    "promptLookup",
    { method: "promptLookup", ...common, doSample: true },
    ["1 20 11 23 12 1 20 2 16 5 13 20"],
  ],
  ["the largest seed", { ...sample, seed: Number.MAX_SAFE_INTEGER }, ["12 20 13 12 5 10 15 15 13 2 22 17"]],
];

test.each(recorded)("one seed gives the same tokens on every platform: %s", async (_, recipe, expected) => {
  const found = await runRecipe(arithmeticModel(), [3, 1, 4], [], recipe);
  expect(found.map(({ tokens }) => tokens.join(" "))).toEqual(expected);
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { declinedSteps } from "../../scripts/setup/choices.mjs";
import { temporaryFolder } from "./folders.js";

test("what was declined stays out until it is asked for", () => {
  const folder = temporaryFolder();
  expect(declinedSteps(folder, { asked: [], declined: ["big"] })).toEqual(["big"]);
  expect(declinedSteps(folder, { asked: [], declined: [] })).toEqual(["big"]);
  expect(declinedSteps(folder, { asked: [], declined: ["wide"] })).toEqual(["big", "wide"]);
  expect(declinedSteps(folder, { asked: ["big"], declined: [] })).toEqual(["wide"]);
  expect(declinedSteps(folder, { asked: [], declined: [] })).toEqual(["wide"]);
});

test("where nothing was ever declined nothing is written", () => {
  const folder = temporaryFolder();
  expect(declinedSteps(folder, { asked: ["big"], declined: [] })).toEqual([]);
  expect(existsSync(join(folder, ".setup"))).toBe(false);
});

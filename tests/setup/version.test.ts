import { expect, test } from "vitest";
import { nodeProblem } from "../../scripts/setup/node-version.mjs";
import { parseSpecifiers, satisfies } from "../../scripts/setup/version.mjs";

test.each([
  ["4.6.6", ">=4.6,<4.7", true],
  ["4.7", ">=4.6,<4.7", false],
  ["4.7.0rc1", ">=4.6,<4.7", false],
  ["4.10", ">=4.6", true],
  ["3.9.18", ">=3.10", false],
  ["3.10", ">=3.10.0", true],
  ["7.1.0", "==7.1", true],
  ["7.1.1", "==7.1", false],
  ["7.1.1", "==7.1.*", true],
  ["7.1.1", "=7.1", true],
  ["7.10", "=7.1", false],
  ["2.5", "~=2.3", true],
  ["3.0", "~=2.3", false],
  ["1.5.2", "!=1.5.1", true],
  ["1.5.1", "!=1.5.1", false],
  ["2.0", ">2.0", false],
  ["2.0.1", "<=2", false],
  ["9", "", true],
])("version %s within `%s`: %s", (version, bounds, expected) => {
  expect(satisfies(version, parseSpecifiers(bounds))).toBe(expected);
});

test.each(["4.6", ">=", ">= four", "=>4", ">=4;python_version<3"])("`%s` is no bound", (text) => {
  expect(() => parseSpecifiers(text)).toThrow(RangeError);
});

test.each([
  ["16.20.2", false],
  ["20.18.3", false],
  ["20.19.0", true],
  ["20.20.2", true],
  ["22.0.0", true],
  ["24.1.0", true],
])("Node.js %s is new enough: %s", (version, enough) => {
  const problem = nodeProblem(version);
  if (enough) expect(problem).toBeUndefined();
  else expect(problem).toMatch(new RegExp(`Node.js ${version} is too old: .*20\\.19\\.0[^]*Way out:`));
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bar } from "../../lib/cli/bar.js";
import { terminalOf } from "../../lib/cli/terminal.js";
import { displayWidth, fitted, folded, shortened, wrapped } from "../../lib/cli/width.js";

test.each([
  ["abc", 3],
  ["日本", 4],
  ["é", 1],
  ["e\u0301", 1],
  ["😀", 2],
  ["·→⏎", 3],
  ["", 0],
])("%j takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

const texts = fc.string({ unit: fc.constantFrom("a", "·", "日", "😀", "\u0301", " "), maxLength: 30 });
const widths = fc.integer({ min: 2, max: 20 });

test.each([
  ["abcdef", 4, "abc…"],
  ["abcd", 4, "abcd"],
  ["日本語", 4, "日…"],
])("%j shortened to %i is %j", (text, width, expected) => {
  expect(shortened(text, width)).toBe(expected);
});

test("what is fitted has exactly its width", () => {
  fc.assert(fc.property(texts, widths, (text, width) => displayWidth(fitted(text, width)) === width));
});

test("folding loses nothing but the spaces that it breaks at, and crosses no edge", () => {
  fc.assert(
    fc.property(texts, widths, (text, width) => {
      const lines = folded(text, "", width);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

test.each([
  [["aa", "bb", "cc"], 12, ["  aa  bb  cc"]],
  [["aa", "bb", "cc"], 11, ["  aa  bb", "  cc"]],
  [["aaaaaaaaaaaaaaa", "b"], 8, ["  aaaaaaaaaaaaaaa", "  b"]],
  [[], 8, [""]],
])("%j side by side in %i columns", (pieces, width, lines) => {
  const painted = pieces.map((text) => ({ text, painted: text }));
  expect(wrapped(painted, "  ", width).split("\n")).toEqual(lines);
});

test.each([
  [0, "        "],
  [1, "████████"],
  [0.5, "████    "],
  [1 / 64, "▏       "],
  [0.0001, "        "],
])("a bar of %d", (value, expected) => {
  expect(bar(value, 8)).toBe(expected);
});

describe("colours", () => {
  test.each([
    ["a terminal", { isTTY: true, columns: 100 }, {}, true],
    ["a pipe", {}, {}, false],
    ["NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR", { isTTY: true }, { NO_COLOR: "" }, true],
    ["a dumb terminal", { isTTY: true }, { TERM: "dumb" }, false],
  ])("%s", (_, stream, environment, coloured) => {
    const { paint, width } = terminalOf(stream, environment);
    expect(paint.chosen("x") !== "x").toBe(coloured);
    expect(width).toBe("columns" in stream ? stream.columns : 80);
  });
});

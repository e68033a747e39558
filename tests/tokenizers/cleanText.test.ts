import { beforeAll, describe, expect, test } from "vitest";
import {
  cleanText,
  PYTHON_DIGIT,
  PYTHON_NON_WORD,
  PYTHON_SPACE,
} from "../../lib/tokenizers/word/cleanText.js";
import { recorded } from "./trained.js";

type Ranges = [number, number][];

interface Classes {
  readonly unassigned: Ranges;
  readonly digit: Ranges;
  readonly space: Ranges;
  readonly word: Ranges;
  readonly lower: Record<string, string>;
}

describe("cleanText", () => {
  test.each([
    ["lower case", "The SEA", "the sea"],
    ["digits vanish, and what stood around them moves together", "a1b 22 c", "ab c"],
    ["white space of any kind and length is one space", "a \t\r\n\u00a0\u3000b", "a b"],
    ["signs become spaces of their own, after white space was joined", "don't -- stop!", "don t    stop "],
    ["underscores stay", "snake_case", "snake_case"],
    ["letters of other scripts stay, their digits vanish", "Été १२ 猫٣", "été 猫"],
    ["combining marks are no letters", "e\u0301a", "e a"],
    ["numbers that are no digits stay", "x² ½", "x² ½"],
    ["nothing", "", ""],
  ])("%s", (_, text, cleaned) => {
    expect(cleanText(text)).toBe(cleaned);
  });

  test("takes its steps in their order: digits before white space", () => {
    // The other way round two spaces would stay.
    expect(cleanText("a 1 b")).toBe("a b");
  });
});

describe("Python's classes, on every character that its Unicode has", () => {
  let classes: Classes;
  beforeAll(async () => {
    classes = await recorded<Classes>("classes.json");
  });

  const codes = (ranges: Ranges) => {
    const set = new Set<number>();
    for (const [from, to] of ranges) for (let code = from; code <= to; code++) set.add(code);
    return set;
  };

  test.each([
    ["digit", PYTHON_DIGIT, false],
    ["space", PYTHON_SPACE, false],
    ["word", PYTHON_NON_WORD, true],
  ] as const)("%s", (name, pattern, negated) => {
    const expression = new RegExp(`^${pattern}$`, "u");
    const [expected, unassigned] = [codes(classes[name]), codes(classes.unassigned)];
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      if (unassigned.has(code)) continue;
      const matches = expression.test(String.fromCodePoint(code)) !== negated;
      if (matches !== expected.has(code)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("lower case", () => {
    for (const [character, lower] of Object.entries(classes.lower))
      expect(character.toLowerCase()).toBe(lower);
  });
});

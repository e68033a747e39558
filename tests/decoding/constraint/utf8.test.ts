import fc from "fast-check";
import { expect, test } from "vitest";
import { complement, readClass, readLiteral } from "../../../lib/decoding/constraint/characterClass.js";
import { literal, oneOf, symbolText } from "../../../lib/decoding/constraint/symbols.js";
import { type Range, utf8Ranges } from "../../../lib/decoding/constraint/utf8Ranges.js";

const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0x10ffff }),
  fc.constantFrom(0, 0x7e, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff),
);
const range = fc.tuple(codePoint, codePoint).map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]);
const character = codePoint.filter((point) => point < 0xd800 || point > 0xdfff);

function holds(sequences: readonly (readonly Range[])[], point: number): number {
  const bytes = [...new TextEncoder().encode(String.fromCodePoint(point))];
  return sequences.filter(
    (sequence) =>
      sequence.length === bytes.length &&
      sequence.every(([from, to], at) => from <= (bytes[at] as number) && (bytes[at] as number) <= to),
  ).length;
}

test("law: the byte ranges of a range of characters hold each of them once, and no other", () => {
  fc.assert(
    fc.property(range, character, ([from, to], point) => {
      const sequences = utf8Ranges([from, to]);
      expect(holds(sequences, point)).toBe(from <= point && point <= to ? 1 : 0);
      for (const end of [from, to]) if (end < 0xd800 || end > 0xdfff) expect(holds(sequences, end)).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test("law: a character is in a class or in its complement", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 4 }), codePoint, (ranges, point) => {
      const within = (some: readonly Range[]) => some.some(([from, to]) => from <= point && point <= to);
      expect(within(complement(ranges))).toBe(!within(ranges));
    }),
  );
});

test.each([
  [
    "a-z_",
    [
      [0x5f, 0x5f],
      [0x61, 0x7a],
    ],
  ],
  [
    "\\]\\-\\^a",
    [
      [0x2d, 0x2d],
      [0x5d, 0x5e],
      [0x61, 0x61],
    ],
  ],
  ["[-\\]", [[0x5b, 0x5d]]],
  [
    "\\u4e00-\\u9fa5\\U0001f600",
    [
      [0x4e00, 0x9fa5],
      [0x1f600, 0x1f600],
    ],
  ],
  [
    '^\\0-\\x1f\\"b-\\U0010ffff',
    [
      [0x20, 0x21],
      [0x23, 0x61],
    ],
  ],
  [
    "a-",
    [
      [0x2d, 0x2d],
      [0x61, 0x61],
    ],
  ],
])("reads [%s]", (inside, ranges) => {
  expect(readClass(inside)).toEqual(ranges);
});

test("reads and writes literals", () => {
  expect(readLiteral('a\\n\\x7f\\u65e5\\U0001f600\\"\\e')).toBe('a\n\x7f日😀"\x1b');
  expect(literal("a\x7fé")).toBe('"\\x61\\x7f\\x7f\\x7f\\x43\\x7f\\x29"');
});

test("bytes from 0x7F on take two symbols; 0xFF, which no text holds, makes a token no text", () => {
  expect([...symbolText(Uint8Array.of(0x61, 0x7f, 0x80, 0xfe))].map((s) => s.charCodeAt(0))).toEqual([
    0x61, 0x7f, 0x7f, 0x7f, 0x00, 0x7f, 0x7e,
  ]);
  expect(symbolText(Uint8Array.of(0x61, 0xff))).toBe("");
});

test.each([
  [[[0x61, 0x7a]], "[\\x61-\\x7a]"],
  [[[0x7e, 0x7f]], '([\\x7e] | "\\x7f" [\\x7f])'],
  [[[0xe9, 0xe9]], '"\\x7f" [\\x43] "\\x7f" [\\x29]'],
] as [Range[], string][])("one of %j is %s", (ranges, text) => {
  expect(oneOf(ranges)).toBe(text);
});

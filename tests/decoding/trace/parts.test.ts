import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { traceStages } from "../../../lib/decoding/trace/stage.js";
import { standings } from "../../../lib/decoding/trace/standing.js";
import { tracedToken } from "../../../lib/decoding/trace/token.js";
import { weigh } from "../../../lib/decoding/trace/weigh.js";
import { tableTokenizer } from "../../../lib/models/table/index.js";
import { rowArbitrary, vocabSize } from "../processors/arbitraries.js";

const ruledOut = Number.NEGATIVE_INFINITY;
const letters = Array.from({ length: vocabSize }, (_, index) => String.fromCharCode(65 + index));
const tokenizer = tableTokenizer({ tokens: letters, end: ["D"] });

describe("one row", () => {
  test.each([
    { row: [1, 3, 2], ranks: [3, 1, 2] },
    { row: [5, 5, 5], ranks: [1, 2, 3] },
    { row: [ruledOut, 1, ruledOut], ranks: [undefined, 1, undefined] },
    { row: [-0, 0, 1], ranks: [2, 3, 1] },
  ])("%j", ({ row, ranks }) => {
    const asked = [1, 2, 0];
    const found = standings(weigh(Float32Array.from(row)), asked).map((standing) => standing?.rank);
    expect(found).toEqual(asked.map((token) => ranks[token]));
  });

  test("ranks of all tokens are a permutation, in the order of the scores, and agree with any subset", () => {
    const tokens = Array.from({ length: vocabSize }, (_, token) => token);
    fc.assert(
      fc.property(rowArbitrary, fc.subarray(tokens, { minLength: 1 }), (row, some) => {
        const all = standings(weigh(row), tokens);
        const alive = tokens.filter((token) => row[token] !== ruledOut);
        const byRank = [...alive].sort((a, b) => row[b] - row[a] || a - b);
        expect(byRank.map((token) => all[token]?.rank)).toEqual(byRank.map((_, index) => index + 1));
        expect(standings(weigh(row), some)).toEqual(some.map((token) => all[token]));
        const sum = all.reduce((total, standing) => total + (standing?.probability ?? 0), 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});

test.each([
  ["A", false, { token: 0, text: "A" }],
  ["\u{1F600}", false, { token: 0, text: "\u{1F600}" }],
  ["<eos>", true, { token: 0, text: "<eos>", special: true }],
])("%j is drawn from its text", (text, special, expected) => {
  const bytes = new TextEncoder().encode(text);
  const { encode: _, ...reader } = tokenizer;
  const vocabulary = { ...reader, encode: () => [0], tokenBytes: () => bytes, isSpecial: () => special };
  expect(tracedToken(0, vocabulary)).toEqual(expected);
});

test("half a character keeps its bytes", () => {
  const vocabulary = { ...tokenizer, tokenBytes: () => Uint8Array.of(0xf0, 0x9f) };
  expect(tracedToken(7, vocabulary)).toEqual({ token: 7, text: "\uFFFD", bytes: [0xf0, 0x9f] });
});

test("a stage that only shifts the scores moves nothing", () => {
  const raw = Float32Array.of(1, 2, 3);
  const shifted = weigh(raw.map((score) => score - 4));
  const [stage] = traceStages(weigh(raw), [{ name: "normalize", row: shifted }]);
  expect(stage).toMatchObject({ massRemoved: 0, tokensLeft: 3 });
  expect(stage?.massMoved).toBeLessThan(1e-7);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError, OptionError, PromptError } from "../../../lib/core/errors.js";
import { softmax } from "../../../lib/core/rows.js";
import {
  beamExample,
  type Distribution,
  tableModel,
  tableTokenizer,
} from "../../../lib/models/table/index.js";

const tokens = ["<s>", "a", "b"];

describe("tableModel", () => {
  test("gives the logarithms of what was written down, by texts or by ids", async () => {
    const model = tableModel({
      tokens,
      rows: [
        [["<s>"], { a: 0.25, b: 0.75 }],
        [
          [0, 1],
          [0, 0, 1],
        ],
      ],
      otherwise: (prefix): Distribution => (prefix.length > 2 ? { a: 1 } : { b: 1 }),
    });
    const rows = await model.nextLogits([[0], [0, 1], [0, 2], [0, 1, 2]]);
    expect(rows.map((row) => [...softmax(row)])).toEqual([
      [0, expect.closeTo(0.25, 7), expect.closeTo(0.75, 7)],
      [0, 0, 1],
      [0, 0, 1],
      [0, 1, 0],
    ]);
    expect(rows[0]?.[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  test("allLogits predicts each position from what is before it", async () => {
    const { model } = beamExample();
    const text = [0, 1, 3, 2];
    const prefixes = text.map((_, index) => text.slice(0, index + 1));
    expect(await model.allLogits(text)).toEqual(await model.nextLogits(prefixes));
  });

  test("callers own the rows", async () => {
    const { model } = beamExample();
    const [first] = await model.nextLogits([[0]]);
    const before = first?.slice();
    first?.fill(0);
    expect((await model.nextLogits([[0]]))[0]).toEqual(before);
  });

  test("law: every row of any table is the distribution it was given", async () => {
    const weights = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 });
    const property = fc.asyncProperty(weights, async (row) => {
      const sum = row.reduce((total, weight) => total + weight);
      fc.pre(sum > 0);
      const probabilities = row.map((weight) => weight / sum);
      const [logits] = await tableModel({ vocabSize: 4, otherwise: probabilities }).nextLogits([[2]]);
      const back = softmax(logits as Float32Array);
      for (const [id, probability] of probabilities.entries()) expect(back[id]).toBeCloseTo(probability, 6);
    });
    await fc.assert(property);
  });

  test.each([
    { options: {}, message: "`vocabSize` must be a whole number from 1" },
    { options: { vocabSize: 0 }, message: "`vocabSize`" },
    {
      options: { tokens, rows: [[["c"], { a: 1 }]] },
      message: '`rows[0]` must be made of tokens of the table: <s>, a, b, but is "c"',
    },
    { options: { tokens, rows: [[[3], { a: 1 }]] }, message: "but is 3" },
    { options: { tokens, rows: [[["a"], { a: 0.5 }]] }, message: "sum to 1, not to 0.5" },
    { options: { tokens, rows: [[["a"], [0.5, 0.5]]] }, message: "3 probabilities" },
    { options: { tokens, rows: [[["a"], [1.5, -0.5, 0]]] }, message: "from 0 to 1" },
    { options: { tokens, rows: [[["a"], { a: Number.NaN }]] }, message: "from 0 to 1" },
  ])("refuses $options", ({ options, message }) => {
    const create = () => tableModel(options as Parameters<typeof tableModel>[0]);
    expect(create).toThrow(OptionError);
    expect(create).toThrow(message);
  });

  test("keeps the contract: unreadable prefixes, missing rows, aborting, disposal", async () => {
    const model = tableModel({ tokens, rows: [[["a"], { b: 1 }]], contextLength: 2 });
    for (const prefix of [[], [3], [1, 1, 1]]) {
      await expect(model.nextLogits([prefix])).rejects.toThrow(PromptError);
      await expect(model.allLogits(prefix)).rejects.toThrow(PromptError);
    }
    await expect(model.nextLogits([[1, 2]])).rejects.toThrow(ModelError);
    await expect(model.nextLogits([[1, 2]])).rejects.toThrow("no row for the prefix `a b`");
    const reason = new Error("stop");
    await expect(model.nextLogits([[1]], AbortSignal.abort(reason))).rejects.toBe(reason);
    await model.dispose();
    await expect(model.nextLogits([[1]])).rejects.toThrow("disposed");
  });
});

describe("tableTokenizer", () => {
  const tokenizer = tableTokenizer({
    tokens: ["<s>", "the", " cat", " ca", "t", "</s>"],
    special: ["<s>", "</s>"],
    end: ["</s>"],
  });

  test("takes the fewest tokens, and finds them where the longest first would not", () => {
    expect(tokenizer.encode("<s>the cat ca</s>")).toEqual([0, 1, 2, 3, 5]);
    expect(tokenizer.encode("")).toEqual([]);
    const tangled = tableTokenizer({ tokens: ["a", "ab", "bc", "abc", "cd"] });
    expect(tangled.encode("abcd")).toEqual([1, 4]);
    expect(tangled.encode("abc")).toEqual([3]);
    expect(tokenizer.decode([0, 1, 2, 5])).toBe("<s>the cat</s>");
    expect(tokenizer.endTokens).toEqual([5]);
    expect([0, 1, 5].map(tokenizer.isSpecial)).toEqual([true, false, true]);
  });

  test("law: what the tokens say encodes and decodes to the same text, and is their bytes put together", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5)), (ids) => {
        const text = tokenizer.decode(ids);
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        const bytes = ids.flatMap((id) => [...tokenizer.tokenBytes(id)]);
        expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe(text);
      }),
    );
  });

  test("refuses text and tokens that it doesn't have", () => {
    expect(() => tokenizer.encode("the dog")).toThrow(PromptError);
    expect(() => tokenizer.encode("the dog")).toThrow('no token for " dog"');
    expect(() => tokenizer.decode([9])).toThrow(PromptError);
    expect(() => tableTokenizer({ tokens: ["a", "a"] })).toThrow(OptionError);
    expect(() => tableTokenizer({ tokens: ["a", ""] })).toThrow(OptionError);
    expect(() => tableTokenizer({ tokens: ["a"], end: ["b"] })).toThrow("`end` must be one of the tokens a");
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";
import { OptionError } from "../../lib/core/errors.js";
import {
  cutAtStop,
  decode,
  decodeRecipe,
  generate,
  parseRecipe,
  type Recipe,
  stopAtStrings,
  stopStringFilter,
} from "../../lib/decoding/index.js";
import { anyStop } from "../../lib/decoding/stopping.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { gpt2Tokenizer } from "../../lib/tokenizers/index.js";

const open = beamExample();
const { model, tokenizer } = open;
const greedy: Recipe = { method: "greedy" };

/** Each token is one piece of bytes. */
const pieces = (...bytes: (number[] | string)[]) => {
  const encoder = new TextEncoder();
  const table = bytes.map((piece) =>
    typeof piece === "string" ? encoder.encode(piece) : Uint8Array.from(piece),
  );
  return { tokenBytes: (token: number) => table[token] as Uint8Array };
};

describe("stop strings", () => {
  test.each([
    { strings: ["B"], text: "A", tokens: [1, 2] },
    { strings: ["BC"], text: "A", tokens: [1, 2, 3] },
    { strings: ["ABC"], text: "", tokens: [1, 2, 3] },
    { strings: ["x", "C", "B"], text: "A", tokens: [1, 2] },
  ])("$strings leave the text $text and the tokens $tokens", async ({ strings, text, tokens }) => {
    const recipe = { ...greedy, stopStrings: strings };
    const { sequences } = await generate(open, "<bos>", recipe);
    expect(sequences).toMatchObject([{ text, tokens, finishReason: "stop" }]);
  });

  test("the prompt doesn't count, nor does a string that isn't there", async () => {
    for (const stop of ["<bos>A", "CA"]) {
      const { sequences } = await generate(open, "<bos>", { ...greedy, stopStrings: [stop] });
      expect(sequences).toMatchObject([{ text: "ABC", tokens: [1, 2, 3, 4], finishReason: "stop" }]);
    }
  });

  test("each sampled sequence stops on its own", async () => {
    const recipe: Recipe = { method: "sample", numReturnSequences: 6, seed: 2, stopStrings: ["B"] };
    const { sequences } = await generate(open, "<bos>", recipe);
    for (const { tokens, text } of sequences) {
      expect(text).not.toContain("B");
      expect(tokens.indexOf(2)).toBe(tokens.includes(2) ? tokens.length - 1 : -1);
    }
    expect(new Set(sequences.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(1);
  });

  test("are found across tokens that cut a character in two", () => {
    const rule = stopAtStrings(["€!"], pieces("a", [0xe2, 0x82], [0xac], "!b"));
    expect(rule([0, 1, 2], 0)).toBe(false);
    expect(rule([0, 1, 2, 3], 0)).toBe(true);
    expect(rule([0, 1, 2, 3], 2)).toBe(false); // begun in the prompt
  });

  test("are found in the tokens of GPT-2, which writes an emoji in pieces", async () => {
    const gpt2 = await gpt2Tokenizer();
    const tokens = gpt2.encode("yes 🦭! no");
    const end = tokens.findIndex((_, at) => gpt2.decode(tokens.slice(0, at + 1)).endsWith("🦭"));
    const rule = stopAtStrings(["🦭"], gpt2);
    const fired = tokens.map((_, at) => rule(tokens.slice(0, at + 1), 0));
    expect(end).toBeGreaterThan(1);
    expect(fired.indexOf(true)).toBe(end);
    expect(stopAtStrings([" 🦭! n"], gpt2)(tokens, 0)).toBe(true);
  });

  test("law: the rule fires with the token that completes the first occurrence", () => {
    const parts = ["a", "b", "ab", "ba", "aab"];
    const rule = stopAtStrings(["abba", "bbb"], pieces(...parts));
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }), (tokens) => {
        const texts = tokens.map((_, index) => tokens.slice(0, index + 1).map((token) => parts[token]));
        const found = texts.findIndex((text) => /abba|bbb/.test(text.join("")));
        const fired = tokens.findIndex((_, index) => rule(tokens.slice(0, index + 1), 0));
        expect(fired).toBe(found);
      }),
      { numRuns: 500 },
    );
  });

  test("law: the filter shows what is before the first stop string, never the beginning of one", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 4 });
    const stops = ["abb", "bbba"];
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (chunks) => {
        const filter = stopStringFilter(stops);
        let shown = "";
        for (const chunk of chunks) {
          shown += filter.push(chunk);
          const whole = cutAtStop(chunks.join(""), stops);
          expect(whole.startsWith(shown)).toBe(true);
        }
        expect(shown + filter.flush()).toBe(cutAtStop(chunks.join(""), stops));
      }),
      { numRuns: 500 },
    );
  });

  test("without a tokenizer they are refused", async () => {
    const recipe = { ...greedy, stopStrings: ["B"] };
    const failing = collect(decodeRecipe(model, { endTokens: [4] }, [0], recipe));
    await expect(failing).rejects.toThrow("`stopStrings` must be empty where a model is decoded without");
  });
});

describe("a caller's rule", () => {
  test("ends a sequence with the token it was asked about, which stays in the text", async () => {
    const asked: [number[], number][] = [];
    const stopWhen = (tokens: readonly number[], promptLength: number) => {
      asked.push([[...tokens], promptLength]);
      return tokens.length === 3;
    };
    const { sequences } = await generate(open, "<bos>", greedy, { stopWhen });
    expect(sequences).toMatchObject([{ text: "AB", tokens: [1, 2], finishReason: "stop" }]);
    expect(asked).toEqual([
      [[0, 1], 1],
      [[0, 1, 2], 1],
    ]);
  });

  test("works beside stop strings and on `decode`", async () => {
    const never = { stopWhen: () => false };
    const { sequences } = await generate(open, "<bos>", { ...greedy, stopStrings: ["B"] }, never);
    expect(sequences[0]?.tokens).toEqual([1, 2]);
    const sequence = await drain(decode(model, [0], { maxNewTokens: 9, stopWhen: () => true }));
    expect(sequence).toMatchObject({ tokens: [1], finishReason: "stop" });
    expect(anyStop([undefined])).toBeUndefined();
  });
});

describe("maxTime", () => {
  /** Each look at the clock takes a second. */
  const slowClock = () => {
    let now = 5000;
    return () => {
      now += 1000;
      return now;
    };
  };

  test.each([
    { maxTime: 0.5, tokens: [1] },
    { maxTime: 2, tokens: [1, 2] },
    { maxTime: 2.5, tokens: [1, 2, 3] },
  ])("of $maxTime s leaves $tokens", async ({ maxTime, tokens }) => {
    const { sequences } = await generate(open, "<bos>", { ...greedy, maxTime }, { clock: slowClock() });
    expect(sequences).toMatchObject([{ tokens, finishReason: "time" }]);
  });

  test("an end token or the length counts first; an hour is enough", async () => {
    const run = async (recipe: Recipe, clock = slowClock()) =>
      (await generate(open, "<bos>", recipe, { clock })).sequences[0]?.finishReason;
    expect(await run({ ...greedy, maxTime: 4 })).toBe("stop");
    expect(await run({ ...greedy, maxTime: 1, maxNewTokens: 1 })).toBe("length");
    expect(await run({ ...greedy, maxTime: 3600 })).toBe("stop");
  });

  test("runs on a real clock by default", async () => {
    const endless = tableModel({ vocabSize: 2, otherwise: [0, 1], contextLength: 1_000_000 });
    const recipe = { ...greedy, maxTime: 0.02, maxNewTokens: 1_000_000 };
    const sequences = await drain(decodeRecipe(endless, { endTokens: [] }, [0], recipe));
    expect(sequences[0]?.finishReason).toBe("time");
  });
});

describe("errors", () => {
  test.each([
    [
      { ...greedy, maxTime: 0 },
      "`maxTime` must be a number of seconds above 0, or null for no limit, but is 0",
    ],
    [{ ...greedy, maxTime: "1" }, "`maxTime` must be a number of seconds above 0"],
    [{ ...greedy, stopStrings: "B" }, '`stopStrings` must be a list of texts, such as ["END"], but is "B"'],
    [{ ...greedy, stopStrings: ["B", ""] }, '`stopStrings[1]` must be a text that is not empty, but is ""'],
    [{ ...greedy, stopWhen: true }, "`stopWhen` must be a known field"],
  ])("%j", (recipe, message) => {
    expect(() => parseRecipe(recipe)).toThrow(OptionError);
    expect(() => parseRecipe(recipe)).toThrow(message);
  });

  test("`decode` wants a clock for maxTime, and a time above 0", async () => {
    const run = (limits: object) => collect(decode(model, [0], { maxNewTokens: 3, ...limits }));
    await expect(run({ maxTime: 1 })).rejects.toThrow("`maxTime` must be given together with `clock`");
    await expect(run({ maxTime: -1, clock: () => 0 })).rejects.toThrow("a number of seconds above 0");
  });

  test("the tokenizer's end tokens, not the reason, are cut from the text", async () => {
    expect(tokenizer.endTokens).toEqual([4]);
    const { sequences } = await generate(open, "<bos>", greedy, {
      stopWhen: (tokens) => tokens.length === 2,
    });
    expect(sequences[0]?.text).toBe("A");
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../../lib/core/drain.js";
import { OptionError, PromptError } from "../../../lib/core/errors.js";
import type { LanguageModel, Tokens } from "../../../lib/core/types.js";
import { decodeRecipe } from "../../../lib/decoding/index.js";
import { batchedModel } from "../../../lib/models/batched/index.js";
import { tableModel } from "../../../lib/models/table/index.js";
import { recorded, smallModels } from "../../decoding/models.js";

const vocabulary = { endTokens: [] };
const recipe = (seed: number, maxNewTokens: number) => ({ method: "sample", seed, maxNewTokens }) as const;

function tokensOf(model: LanguageModel, prompt: Tokens, seed: number, length: number) {
  return collect(decodeRecipe(model, vocabulary, prompt, recipe(seed, length))).then((steps) =>
    steps.map((step) => step.token),
  );
}

test("decoders side by side get the very tokens that they get alone, whatever the budget", async () => {
  const prompts = fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(
      smallModels(4),
      prompts,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      async (model, texts, promptTokens, maxRows) => {
        const batched = batchedModel(model, { promptTokens, maxRows });
        const alone = await Promise.all(texts.map((text, seed) => tokensOf(model, text, seed, 1 + seed * 2)));
        const together = await Promise.all(
          texts.map((text, seed) => tokensOf(batched, text, seed, 1 + seed * 2)),
        );
        expect(together).toEqual(alone);
      },
    ),
    { numRuns: 50 },
  );
});

describe("the calls of the model", () => {
  const uniform = () => recorded(tableModel({ vocabSize: 2, otherwise: [0.5, 0.5], contextLength: 1000 }));

  test("decoders share one for each step", async () => {
    const { model, calls } = uniform();
    const batched = batchedModel(model);
    await Promise.all([0, 1, 2, 3].map((seed) => tokensOf(batched, [seed % 2, 1], seed, 5)));
    expect(calls.map((prefixes) => prefixes.length)).toEqual([4, 4, 4, 4, 4]);
  });

  test("a long prompt is read in chunks, between which the others go on", async () => {
    const { model, calls } = uniform();
    const batched = batchedModel(model, { promptTokens: 10 });
    const long = new Array(35).fill(1);
    await Promise.all([tokensOf(batched, [0], 1, 6), tokensOf(batched, long, 2, 2)]);
    expect(calls.map((prefixes) => prefixes.map(({ length }) => length))).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 35],
      [5, 36],
      [6],
    ]);
  });

  test("what was read before is not read in chunks again", async () => {
    const { model, calls } = uniform();
    const batched = batchedModel(model, { promptTokens: 10 });
    const long = new Array(35).fill(1);
    await batched.nextLogits([long]);
    calls.length = 0;
    await batched.nextLogits([[...long, 0, 1]]);
    expect(calls.map((prefixes) => prefixes.map(({ length }) => length))).toEqual([[37]]);
  });

  test("take a number of rows at most, those of similar length together", async () => {
    const { model, calls } = uniform();
    const batched = batchedModel(model, { maxRows: 2, promptTokens: 100 });
    await batched.nextLogits([[1, 1, 1, 1], [1], [1, 1, 1], [0, 0]]);
    expect(calls.map((prefixes) => prefixes.map(({ length }) => length))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe("one caller's trouble is not the others'", () => {
  const fussy = (): LanguageModel =>
    tableModel({
      vocabSize: 2,
      rows: [
        [[0], [0.5, 0.5]],
        [
          [0, 0],
          [1, 0],
        ],
      ],
      contextLength: 8,
    });

  test("a text that can't be read fails alone", async () => {
    const batched = batchedModel(fussy());
    const [good, bad, missing] = await Promise.allSettled([
      batched.nextLogits([[0], [0, 0]]),
      batched.nextLogits([[7]]),
      batched.nextLogits([[1]]),
    ]);
    expect(good).toMatchObject({ status: "fulfilled" });
    expect(good.status === "fulfilled" && good.value.map((row) => row[0])).toEqual([
      Math.fround(Math.log(0.5)),
      0,
    ]);
    expect(bad.status === "rejected" && bad.reason).toBeInstanceOf(PromptError);
    expect(missing.status === "rejected" && missing.reason.message).toContain("no row for the prefix");
  });

  test("who goes away leaves at once; the model stops when nobody is left", async () => {
    let aborted = 0;
    const endless: LanguageModel = {
      ...fussy(),
      nextLogits: (_, signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener("abort", () => {
            aborted++;
            reject(signal.reason);
          });
        }),
    };
    const batched = batchedModel(endless);
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [batched.nextLogits([[0]], first.signal), batched.nextLogits([[0, 0]], second.signal)];
    await new Promise((resolve) => setTimeout(resolve, 10));
    first.abort(new Error("gone"));
    await expect(calls[0]).rejects.toThrow("gone");
    expect(aborted).toBe(0);
    second.abort(new Error("gone too"));
    await expect(calls[1]).rejects.toThrow("gone too");
    expect(aborted).toBe(1);
    await expect(batched.nextLogits([[0]], AbortSignal.abort(new Error("too late")))).rejects.toThrow(
      "too late",
    );
  });
});

test("numbers below 1 are refused", () => {
  const model = tableModel({ vocabSize: 2, otherwise: [0.5, 0.5] });
  expect(() => batchedModel(model, { promptTokens: 0 })).toThrow(OptionError);
  expect(() => batchedModel(model, { maxRows: 1.5 })).toThrow(
    "`maxRows` must be a whole number from 1, but is 1.5",
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";
import { OptionError, PromptError } from "../../lib/core/errors.js";
import { hasHiddenStates } from "../../lib/core/hiddenStates.js";
import type { HiddenStates, LanguageModel, Tokens } from "../../lib/core/types.js";
import { contrastiveSearch, decodeRecipe, type Recipe } from "../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { recordOf } from "./arithmetic.js";
import { smallModels } from "./models.js";

type Teller = LanguageModel & HiddenStates;

/** A model with the given hidden state after each prefix. */
function teller(model: LanguageModel, hidden: (prefix: Tokens) => number[]): Teller {
  return {
    ...model,
    async nextStates(prefixes, signal) {
      const rows = await model.nextLogits(prefixes, signal);
      return rows.map((logits, index) => {
        return { logits, hidden: Float32Array.from(hidden(prefixes[index] as Tokens)) };
      });
    },
  };
}

const run = (model: LanguageModel, recipe: Recipe, prompt: Tokens = [0], endTokens: readonly number[] = []) =>
  drain(decodeRecipe(model, { endTokens }, prompt, recipe));

describe("recorded from Hugging Face", () => {
  const record = recordOf<{
    states: Record<string, [logits: number[], hidden: number[]]>;
    cases: { prompt: number[]; ends: number[]; topK: number; penaltyAlpha: number; tokens: number[] }[];
  }>("contrastive");
  const recordAfter = (prefix: Tokens) => record.states[prefix.join(" ")] as [number[], number[]];
  const base = tableModel({ vocabSize: 16, otherwise: new Array<number>(16).fill(1 / 16) });
  const rows: LanguageModel = {
    ...base,
    nextLogits: async (prefixes) => prefixes.map((prefix) => Float32Array.from(recordAfter(prefix)[0])),
  };
  const model = teller(rows, (prefix) => recordAfter(prefix)[1]);

  test.each(record.cases)("$prompt topK $topK penaltyAlpha $penaltyAlpha", async (golden) => {
    const { prompt, ends, tokens, ...options } = golden;
    const [found] = await run(model, { method: "contrastive", ...options, maxNewTokens: 8 }, prompt, ends);
    expect(found?.tokens).toEqual(tokens);
  });

  test("the penalty matters in what was recorded", () => {
    const texts = new Set(record.cases.map(({ prompt, tokens }) => `${prompt}: ${tokens}`));
    expect(texts.size).toBeGreaterThan(4);
  });
});

describe("contrastive", () => {
  // Token 1 is likelier, but says what the text has said; token 2 says something new.
  const repeating = tableModel({ vocabSize: 3, otherwise: [0.05, 0.55, 0.4] });
  const states = (prefix: Tokens) => (prefix.at(-1) === 2 ? [0, 3] : [2, 0]);

  test.each([
    // 0.55 (1 - a) - a against 0.4 (1 - a): the turn is at a = 0.15 / 1.15 = 0.1304.
    { penaltyAlpha: 0.13, first: 1 },
    { penaltyAlpha: 0.131, first: 2 },
  ])("penaltyAlpha $penaltyAlpha takes token $first", async ({ penaltyAlpha, first }) => {
    const model = teller(repeating, states);
    const [found] = await run(model, { method: "contrastive", topK: 2, penaltyAlpha, maxNewTokens: 1 });
    expect(found?.tokens).toEqual([first]);
    expect(found?.logProb).toBeCloseTo(Math.log(first === 1 ? 0.55 : 0.4), 6);
  });

  test("only the topK likeliest are candidates; processors rule out; a state of zeros is like nothing", async () => {
    const model = teller(repeating, (prefix) => (prefix.at(-1) === 2 ? [0, 0] : [2, 0]));
    const all = { method: "contrastive", penaltyAlpha: 0.9, maxNewTokens: 1 } as const;
    expect((await run(model, { ...all, topK: 1 }))[0]?.tokens).toEqual([1]);
    expect((await run(model, { ...all, topK: 3 }))[0]?.tokens).toEqual([2]);
    const processors = [{ type: "topK", k: 1 }] as const;
    expect((await run(model, { ...all, topK: 3, processors }))[0]?.tokens).toEqual([1]);
  });

  test("no more candidates than the model has tokens", async () => {
    const model = teller(repeating, () => [1, 0]);
    await expect(run(model, { method: "contrastive", topK: 4 })).rejects.toThrow(
      "`topK` must be at most 3, as many tokens as the model has, but is 4",
    );
  });

  test("law: without penalty, and with one candidate, it is greedy, rows and all", async () => {
    const property = fc.asyncProperty(smallModels(4), async (small) => {
      const model = teller(small, (prefix) => [prefix.length, prefix.at(-1) as number]);
      const options = { keepRows: true };
      const greedy = await collect(
        decodeRecipe(small, { endTokens: [3] }, [0], { method: "greedy", maxNewTokens: 6 }, options),
      );
      for (const own of [{ penaltyAlpha: 0 }, { topK: 1 }]) {
        const recipe = { method: "contrastive", maxNewTokens: 6, ...own } as const;
        expect(await collect(decodeRecipe(model, { endTokens: [3] }, [0], recipe, options))).toEqual(greedy);
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("reads a long prompt in portions, each position once, and stops a token before the context is full", async () => {
    const calls: number[][] = [];
    const base = tableModel({ vocabSize: 2, otherwise: [0.4, 0.6], contextLength: 80 });
    const model: Teller = teller(base, (prefix) => [prefix.length, 1]);
    const watched: Teller = {
      ...model,
      nextStates(prefixes, signal) {
        calls.push(prefixes.map((prefix) => prefix.length));
        return model.nextStates(prefixes, signal);
      },
    };
    const prompt = new Array<number>(77).fill(0);
    const [found] = await run(watched, { method: "contrastive", maxNewTokens: 9, topK: 2 }, prompt);
    expect(calls.slice(0, 3).flat()).toEqual(prompt.map((_, index) => index + 1));
    expect(calls.slice(3)).toEqual([
      [78, 78],
      [79, 79],
      [80, 80],
    ]);
    expect(found).toMatchObject({ finishReason: "length" });
    expect(found?.tokens.length).toBe(3);
    const full = run(watched, { method: "contrastive", topK: 2 }, new Array<number>(80).fill(0));
    await expect(full).rejects.toThrow(PromptError);
  });

  test("says what a model lacks, and refuses what is out of range", async () => {
    const { model } = beamExample();
    expect(hasHiddenStates(model)).toBe(false);
    const failing = run(model, { method: "contrastive" });
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow("tells its hidden states");
    const options = { topK: 4, penaltyAlpha: 0.6, maxNewTokens: 3 };
    for (const wrong of [
      { topK: 0 },
      { penaltyAlpha: 1.1 },
      { penaltyAlpha: Number.NaN },
      { maxNewTokens: 0 },
    ]) {
      const search = contrastiveSearch(
        teller(model, () => [1]),
        [0],
        { ...options, ...wrong },
      );
      await expect(collect(search)).rejects.toThrow(OptionError);
    }
  });
});

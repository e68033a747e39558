import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drain } from "../../lib/core/drain.js";
import { OptionError, PromptError } from "../../lib/core/errors.js";
import { logSoftmax } from "../../lib/core/rows.js";
import type { LanguageModel, Tokens } from "../../lib/core/types.js";
import { decodeRecipe, generate, guidedModel, methodNames, type Recipe } from "../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { arithmeticModel, recordOf } from "./arithmetic.js";
import { recorded, smallModels, withLayers } from "./models.js";

const run = (model: LanguageModel, prompt: Tokens, endTokens: readonly number[], recipe: Recipe) =>
  drain(decodeRecipe(model, { endTokens }, prompt, recipe, { draft: model }));

describe("recorded from Hugging Face", () => {
  interface Case {
    readonly prompt: number[];
    readonly ends: number[];
    readonly negativePrompt: number[] | null;
    readonly scale: number;
    readonly sequences: [{ tokens: number[] }];
  }
  test.each(recordOf<{ cases: Case[] }>("guidance").cases)(
    "greedy from $prompt against $negativePrompt by $scale",
    async ({ prompt, ends, negativePrompt, scale, sequences }) => {
      const guidance = { scale, negativePrompt };
      const [found] = await run(arithmeticModel(), prompt, ends, {
        method: "greedy",
        maxNewTokens: 12,
        guidance,
      });
      expect(found?.tokens).toEqual(sequences[0].tokens);
    },
  );
});

describe("guidedModel", () => {
  const [c, u] = [
    [0.5, 0.3, 0.2],
    [0.1, 0.6, 0.3],
  ] as const;
  const model = tableModel({
    vocabSize: 3,
    rows: [
      [[0, 1], [...c]],
      [[2], [...u]],
      [[1], [1, 0, 0]],
    ],
    otherwise: [1 / 3, 1 / 3, 1 / 3],
  });

  test.each([0, 0.5, 2, 7])("scale %d weighs the two distributions, in one call", async (scale) => {
    const { model: watched, calls } = recorded(model);
    const guided = guidedModel(watched, [0, 1], { scale, negativePrompt: [2] });
    const [row] = await guided.nextLogits([[0, 1]]);
    for (const token of [0, 1, 2] as const) {
      const [wanted, unwanted] = [Math.log(c[token]), Math.log(u[token])];
      expect(row?.[token]).toBeCloseTo(unwanted + scale * (wanted - unwanted), 5);
    }
    expect(calls).toEqual([[[0, 1], [2]]]);
  });

  test("without a negative prompt the last token stands alone; what is ruled out stays out, without NaN", async () => {
    const guided = guidedModel(model, [0, 1], { scale: 3 });
    const [row] = await guided.nextLogits([[0, 1]]);
    expect([...(row as Float32Array)].map((score) => Math.exp(score).toFixed(4))).toEqual([
      "0.1250",
      "0.3000",
      "0.2000",
    ]);
    const reversed = guidedModel(model, [1], { scale: 3, negativePrompt: [0, 1] });
    const [certain] = await reversed.nextLogits([[1]]);
    expect([...(certain as Float32Array)].slice(1)).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });

  test("generated tokens follow both prompts; the context leaves room for the longer one", async () => {
    const { model: watched, calls } = recorded(arithmeticModel(24, 20));
    const guided = guidedModel(watched, [3, 1], { scale: 2, negativePrompt: [5, 6, 7, 8] });
    expect(guided.contextLength).toBe(18);
    await guided.nextLogits([[3, 1, 9, 4], [3, 1, 9, 5], [3]]);
    expect(calls).toEqual([[[3, 1, 9, 4], [3, 1, 9, 5], [3], [5, 6, 7, 8, 9, 4], [5, 6, 7, 8, 9, 5]]]);
    const rows = await guided.allLogits([3, 1, 9]);
    const [single] = await guided.nextLogits([[3, 1, 9]]);
    expect(rows[2]).toEqual(single);
  });

  test("law: scale 1 is no guidance, in every method", async () => {
    const needed = {
      beam: {},
      beamSample: {},
      earlyStoppedBeam: {},
      diverseBeam: { numBeamGroups: 2, diversityPenalty: 1 },
    };
    const property = fc.asyncProperty(smallModels(4), async (small) => {
      const states = { nextStates: async (prefixes: readonly Tokens[]) => statesOf(small, prefixes) };
      const told = { ...withLayers(small), ...states };
      for (const method of methodNames) {
        const own = method in needed ? { numBeams: 2, ...needed[method as keyof typeof needed] } : {};
        const recipe = { method, maxNewTokens: 5, seed: 4, ...own } as unknown as Recipe;
        const plain = await run(told, [0, 1], [3], recipe);
        expect(
          await run(told, [0, 1], [3], { ...recipe, guidance: { scale: 1, negativePrompt: [2] } }),
        ).toEqual(plain);
      }
    });
    await fc.assert(property, { numRuns: 20 });
  });

  test("law: every method sees the guided model", async () => {
    const property = fc.asyncProperty(smallModels(4), fc.constantFrom(0, 0.4, 2), async (small, scale) => {
      const guidance = { scale, negativePrompt: [2, 0] };
      const [greedy] = await run(small, [0, 1], [3], { method: "greedy", maxNewTokens: 6, guidance });
      const common = { maxNewTokens: 6, guidance } as const;
      const states = { nextStates: async (prefixes: readonly Tokens[]) => statesOf(small, prefixes) };
      const told = { ...withLayers(small), ...states };
      const same: Recipe[] = [
        { method: "beam", numBeams: 1, ...common },
        { method: "promptLookup", ...common },
        { method: "speculative", ...common },
        { method: "contrastive", penaltyAlpha: 0, ...common },
        { method: "dola", layers: [1], ...common },
      ];
      for (const recipe of same) {
        const [found] = await run(told, [0, 1], [3], recipe);
        expect(found?.tokens, recipe.method).toEqual(greedy?.tokens);
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("a negative text is read by the tokenizer; without one, and with one that can't be read, it says so", async () => {
    const open = beamExample();
    const guidance = { scale: 2, negativePrompt: "<bos>A" };
    const { sequences } = await generate(open, "<bos>", { method: "greedy", maxNewTokens: 2, guidance });
    const ids = { scale: 2, negativePrompt: [0, 1] };
    const [same] = await run(open.model, [0], [4], { method: "greedy", maxNewTokens: 2, guidance: ids });
    expect(sequences[0]?.tokens).toEqual(same?.tokens);
    const failing = run(open.model, [0], [4], { method: "greedy", guidance });
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow("`guidance.negativePrompt` must be a list of token ids");
    const strange = run(open.model, [0], [4], {
      method: "greedy",
      guidance: { scale: 2, negativePrompt: [77] },
    });
    await expect(strange).rejects.toThrow(PromptError);
  });

  test.each([
    [{ scale: -1 }, "`guidance.scale` must be a number from 0, but is -1"],
    [{}, "`guidance.scale` must be a number from 0"],
    [{ scale: 2, negative: "no" }, "`guidance.negative` must be a known field"],
    [
      { scale: 2, negativePrompt: 3 },
      "`guidance.negativePrompt` must be a text, a list of token ids, or null",
    ],
  ])("refuses %j", async (guidance, message) => {
    const recipe = { method: "greedy", guidance } as unknown as Recipe;
    await expect(run(beamExample().model, [0], [4], recipe)).rejects.toThrow(message);
  });
});

async function statesOf(model: LanguageModel, prefixes: readonly Tokens[]) {
  const rows = await model.nextLogits(prefixes);
  return rows.map((logits) => ({ logits, hidden: Float32Array.from(logSoftmax(logits)) }));
}

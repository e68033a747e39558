import { describe, expect, test } from "vitest";
import type { Recipe, Sequence } from "../../../lib/decoding/index.js";
import { arithmeticModel, chiSquaredDeviation, recordOf } from "../arithmetic.js";
import { runRecipe } from "../models.js";

interface Case {
  readonly prompt: number[];
  readonly ends: number[];
  readonly recipe: Omit<Extract<Recipe, { method: "beam" }>, "method">;
  readonly sequences: { tokens: number[]; score: number }[];
}

function expectSame(found: readonly Sequence[], sequences: readonly { tokens: number[]; score: number }[]) {
  expect(found.map(({ tokens }) => tokens)).toEqual(sequences.map(({ tokens }) => tokens));
  for (const [index, { score }] of sequences.entries()) expect(found[index]?.score).toBeCloseTo(score, 4);
}

describe("recorded from Hugging Face", () => {
  const model = arithmeticModel();

  test.each(recordOf<{ cases: Case[] }>("beam").cases)("beam $prompt $ends $recipe", async (golden) => {
    const recipe: Recipe = { method: "beam", ...golden.recipe, numReturnSequences: golden.recipe.numBeams };
    expectSame(await runRecipe(model, golden.prompt, golden.ends, recipe), golden.sequences);
  });

  const diverse = recordOf<{
    cases: (Case & { recipe: { numBeamGroups: number; diversityPenalty: number } })[];
  }>("diverse");
  test.each(diverse.cases)("diverseBeam $prompt $recipe", async (golden) => {
    const numReturnSequences = golden.recipe.numBeams;
    const recipe: Recipe = { method: "diverseBeam", ...golden.recipe, numReturnSequences };
    const found = await runRecipe(model, golden.prompt, golden.ends, recipe);
    // The old scorer writes its first end token, whichever it was that ended the sequence.
    const [firstEnd] = golden.ends as [number];
    const written = found.map(({ tokens, ...rest }) => {
      return { ...rest, tokens: tokens.map((token) => (golden.ends.includes(token) ? firstEnd : token)) };
    });
    expectSame(written, golden.sequences);
  });

  const sampled = recordOf<{ cases: (Case & { counts: Record<string, number> })[] }>("beamSample");
  test.each(sampled.cases)(
    "beamSample finds sequences as often: $recipe",
    async ({ prompt, ends, recipe, counts }) => {
      const rounds = 4000;
      const small = arithmeticModel(6);
      const found: Record<string, number> = {};
      for (let seed = 0; seed < rounds; seed++) {
        const [best] = await runRecipe(small, prompt, ends, { method: "beamSample", ...recipe, seed });
        const text = best?.tokens.join(" ") ?? "";
        found[text] = (found[text] ?? 0) + 1;
      }
      // Two samples of one distribution: both are held against their mixture.
      const keys = [...new Set([...Object.keys(counts), ...Object.keys(found)])];
      const recordedRounds = Object.values(counts).reduce((sum, count) => sum + count);
      const share = keys.map((key) => ((counts[key] ?? 0) + (found[key] ?? 0)) / (rounds + recordedRounds));
      const ours = keys.map((key) => found[key] ?? 0);
      // Against the mixture our own part weighs less: 4 deviations of it are fewer than 5 of a known distribution.
      expect(
        chiSquaredDeviation(
          ours,
          share.map((part) => part * rounds),
        ),
      ).toBeLessThan(4);
      expect(keys.length).toBeGreaterThan(8);
    },
  );
});

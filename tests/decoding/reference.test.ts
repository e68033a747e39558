import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drain } from "../../lib/core/drain.js";
import type { OpenModel, Tokens } from "../../lib/core/types.js";
import { decodeRecipe, type Recipe } from "../../lib/decoding/index.js";
import { openModel } from "../../lib/models/openModel.js";

interface Case {
  readonly prompt: string;
  readonly recipe: Recipe;
  readonly sequences: readonly { readonly tokens: Tokens; readonly score?: number }[];
  /** The reference itself decodes otherwise in double precision: its choice hangs on rounding. */
  readonly unstable?: true;
}

const [head, ...cases] = readFileSync(
  new URL("../golden/default-model/methods.jsonl", import.meta.url),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const { end, prompts } = head as { end: number; prompts: Record<string, number[]> };
const golden = cases as Case[];

let open: OpenModel;
beforeAll(async () => {
  open = await openModel("smollm2", { precision: "exact", offline: true });
});
afterAll(() => open?.model.dispose());

function run(prompt: string, recipe: Recipe, draft?: OpenModel) {
  const options = draft ? { draft: draft.model } : {};
  return drain(decodeRecipe(open.model, { endTokens: [end] }, prompts[prompt], recipe, options));
}

describe("the default model decodes as Hugging Face does on the same weights", () => {
  const stable = golden.filter(({ unstable }) => !unstable);
  test.each(stable.map((one, index) => ({ index, ...one })))(
    "$index $prompt $recipe",
    async ({ prompt, recipe, sequences }) => {
      const found = await run(prompt, recipe);
      expect(found.map(({ tokens }) => tokens)).toEqual(sequences.map(({ tokens }) => tokens));
      const { lengthPenalty = 1 } = recipe as { lengthPenalty?: number };
      for (const [index, { score, tokens }] of sequences.entries()) {
        // A negative length penalty multiplies by the length where others divide, and the rounding with it.
        const allowed = 1e-3 * (lengthPenalty < 0 ? tokens.length ** -lengthPenalty : 1);
        if (score !== undefined) expect(Math.abs(found[index].score - score)).toBeLessThan(allowed);
      }
    },
    120_000,
  );

  test("on every prompt and with every method and option, hardly any case hanging on the reference's rounding", () => {
    const recipes = new Map<string, Set<string>>();
    for (const { prompt, recipe } of stable)
      recipes.set(prompt, (recipes.get(prompt) ?? new Set()).add(JSON.stringify(recipe)));
    expect(recipes.size).toBeGreaterThanOrEqual(12);
    expect(Math.min(...[...recipes.values()].map(({ size }) => size))).toBeGreaterThanOrEqual(4);
    expect(golden.length - stable.length).toBeLessThan(golden.length / 20);
  });
});

describe("methods that guess ahead write greedy's tokens", () => {
  const greedy = golden.filter(({ recipe, unstable }) => {
    return recipe.method === "greedy" && recipe.processors?.length === 0 && !recipe.guidance && !unstable;
  });

  test.each(greedy)(
    "prompt lookup after $prompt, $recipe.maxNewTokens tokens",
    async ({ prompt, recipe, sequences }) => {
      const [found] = await run(prompt, { method: "promptLookup", maxNewTokens: recipe.maxNewTokens });
      expect(found.tokens).toEqual(sequences[0].tokens);
    },
  );

  test("speculative decoding, the same weights in 8 bits guessing", async () => {
    const draft = await openModel("smollm2", { precision: "fast", offline: true });
    try {
      const [{ prompt, sequences, recipe }] = greedy;
      const [found] = await run(prompt, { method: "speculative", maxNewTokens: recipe.maxNewTokens }, draft);
      expect(found.tokens).toEqual(sequences[0].tokens);
      expect(found.acceptance?.rate).toBeGreaterThan(0.5);
    } finally {
      await draft.model.dispose();
    }
  });

  test("prompt lookup takes fewer calls where the text repeats itself", async () => {
    const [found] = await run("repeating", { method: "promptLookup", maxNewTokens: 30 });
    expect(found.acceptance?.calls).toBeLessThan(15);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drain } from "../../lib/core/drain.js";
import type { OpenModel } from "../../lib/core/types.js";
import { decodeRecipe, type Recipe } from "../../lib/decoding/index.js";
import { openModel } from "../../lib/models/openModel.js";
import { recordOf } from "./arithmetic.js";

interface Case {
  readonly prompt: number[];
  readonly recipe: Recipe;
  readonly sequences: { tokens: number[]; score?: number }[];
}

describe("the default model decodes as Hugging Face does on the same weights", () => {
  let open: OpenModel;

  beforeAll(async () => {
    open = await openModel("smollm2", { precision: "exact", offline: true });
  });

  afterAll(() => open?.model.dispose());

  const records = ["smollm2-new", "smollm2-old"].map((name) =>
    recordOf<{ ends: number[]; cases: Case[] }>(name),
  );
  test.each(records.flatMap(({ ends, cases }) => cases.map((golden) => ({ ...golden, ends }))))(
    "$prompt.0 $recipe",
    async ({ prompt, recipe, ends, sequences }) => {
      const found = await drain(decodeRecipe(open.model, { endTokens: ends }, prompt, recipe));
      expect(found.map(({ tokens }) => tokens)).toEqual(sequences.map(({ tokens }) => tokens));
      for (const [index, { score }] of sequences.entries()) {
        if (score !== undefined) expect(Math.abs((found[index]?.score ?? 0) - score)).toBeLessThan(1e-3);
      }
    },
    30_000,
  );

  test("prompt lookup writes greedy's tokens in fewer calls", async () => {
    const text = "One two three four five six seven. One two three four five six seven. One two";
    const prompt = open.tokenizer.encode(text);
    const run = (recipe: Recipe) => drain(decodeRecipe(open.model, open.tokenizer, prompt, recipe));
    const [greedy] = await run({ method: "greedy", maxNewTokens: 30 });
    const [lookup] = await run({ method: "promptLookup", maxNewTokens: 30 });
    expect(lookup?.tokens).toEqual(greedy?.tokens);
    expect(lookup?.acceptance?.calls).toBeLessThan(15);
  });
});

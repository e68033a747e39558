import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../lib/core/drain.js";
import { decodeRecipe, type SampleRecipe } from "../../lib/decoding/index.js";
import { smallModels } from "./models.js";

const vocabSize = 6;
const noEnd = { endTokens: [] };
const seeds = fc.nat(1000);
const picked = fc.array(fc.nat(vocabSize - 1), { minLength: 1, maxLength: 5 });

function sampled(seed: number): SampleRecipe {
  const processors = [
    { type: "temperature", t: 0.8 },
    { type: "topK", k: 4 },
  ] as const;
  return { method: "sample", maxNewTokens: 8, seed, processors };
}

describe("picks", () => {
  test("stand at the beginning, whatever the chain makes of them", async () => {
    await fc.assert(
      fc.asyncProperty(smallModels(vocabSize), seeds, picked, async (model, seed, picks) => {
        const steps = await collect(decodeRecipe(model, noEnd, [0], sampled(seed), { picks }));
        expect(steps.map(({ token }) => token).slice(0, picks.length)).toEqual(picks);
        expect(steps).toHaveLength(8);
      }),
    );
  });

  test("that equal the draws change nothing", async () => {
    await fc.assert(
      fc.asyncProperty(smallModels(vocabSize), seeds, fc.nat(8), async (model, seed, count) => {
        const free = await collect(decodeRecipe(model, noEnd, [0], sampled(seed)));
        const picks = free.slice(0, count).map(({ token }) => token);
        expect(await collect(decodeRecipe(model, noEnd, [0], sampled(seed), { picks }))).toEqual(free);
      }),
    );
  });

  test("are refused by methods without a sampler", async () => {
    const [model] = fc.sample(smallModels(vocabSize), 1);
    const steps = decodeRecipe(model, noEnd, [0], { method: "beam", numBeams: 2 }, { picks: [1] });
    await expect(steps.next()).rejects.toThrow(
      "`method` must be dola or greedy or sample where tokens are picked",
    );
  });
});

import { describe, expect, test } from "vitest";
import { collect } from "../../lib/core/drain.js";
import type { LanguageModel, Logits, RowReuse } from "../../lib/core/types.js";
import {
  beamSearch,
  chain,
  decode,
  decodeRecipe,
  named,
  type Recipe,
  temperature,
} from "../../lib/decoding/index.js";
import { slidingWindow } from "../../lib/decoding/slidingWindow.js";
import { batchedModel } from "../../lib/models/batched/index.js";
import { beamExample } from "../../lib/models/table/index.js";

const { model, tokenizer } = beamExample();
const prompt = tokenizer.encode("<bos>");

/** The model, which spoils rows that are given back as a thread would that writes others to them. */
function spoiling(given: Logits[] = []): LanguageModel & RowReuse {
  return {
    ...model,
    reuseRows(rows) {
      for (const row of new Set(rows)) {
        given.push(row);
        row.fill(Number.NaN);
      }
    },
  };
}

const RECIPES: Recipe[] = [
  { method: "greedy" },
  { method: "sample", numReturnSequences: 4 },
  {
    method: "sample",
    numReturnSequences: 2,
    processors: [{ type: "mirostat", version: 2, tau: 1, eta: 0.1 }],
  },
  { method: "sample", processors: [{ type: "repetitionPenalty", penalty: 1.3 }] },
  { method: "sample", guidance: { scale: 1.5 } },
  { method: "beam", numBeams: 3, numReturnSequences: 3 },
  { method: "beam", numBeams: 2, processors: [{ type: "temperature", t: 0.7 }] },
  { method: "beamSample", numBeams: 2 },
  { method: "diverseBeam", numBeams: 4, numBeamGroups: 2, diversityPenalty: 0.5 },
  { method: "earlyStoppedBeam", numBeams: 2, lengthPenalty: 1 },
  { method: "promptLookup" },
];

describe("rows that are given back are read no more", () => {
  test.each(RECIPES.map((recipe) => [JSON.stringify(recipe), recipe] as const))("%s", async (_, recipe) => {
    for (const keepRows of [false, true]) {
      const given: Logits[] = [];
      const steps = (chosen: LanguageModel) =>
        collect(decodeRecipe(chosen, tokenizer, prompt, { ...recipe, maxNewTokens: 6 }, { keepRows }));
      expect(await steps(spoiling(given))).toEqual(await steps(model));
      expect(given.length > 0).toBe(!keepRows && recipe.guidance === undefined);
    }
  });
});

test("each row is given back once it is read", async () => {
  const given: Logits[] = [];
  const steps = await collect(decode(spoiling(given), prompt, { maxNewTokens: 3, stopTokens: [] }));
  expect(new Set(given).size).toBe(steps.length);
});

test("a caller's own stage and sampler may keep the rows that they get", async () => {
  const kept: Logits[] = [];
  const keep = named("keep", (row) => {
    kept.push(row);
    return row;
  });
  for (const process of [keep, chain([keep]), chain([temperature(2), keep])]) {
    kept.length = 0;
    const sample = (row: Logits) => {
      kept.push(row);
      return row.indexOf(Math.max(...row));
    };
    await collect(decode(spoiling(), prompt, { process, sample, maxNewTokens: 3, stopTokens: [] }));
    await collect(beamSearch(spoiling(), prompt, { process, numBeams: 2, maxNewTokens: 3, stopTokens: [] }));
    expect(kept.length).toBeGreaterThan(8);
    expect(kept.some((row) => row.some(Number.isNaN))).toBe(false);
  }
});

test("models that hand out another's very rows give them back to it", async () => {
  for (const wrap of [slidingWindow, batchedModel]) {
    const given: Logits[] = [];
    await collect(decode(wrap(spoiling(given)), prompt, { maxNewTokens: 3, stopTokens: [] }));
    expect(given).toHaveLength(3);
    expect(wrap(model)).not.toHaveProperty("reuseRows");
  }
});

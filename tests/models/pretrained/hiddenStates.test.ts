import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drain } from "../../../lib/core/drain.js";
import { OptionError } from "../../../lib/core/errors.js";
import { hasHiddenStates } from "../../../lib/core/hiddenStates.js";
import type { HiddenStates, LanguageModel, OpenModel } from "../../../lib/core/types.js";
import { decodeRecipe } from "../../../lib/decoding/index.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { openPretrained } from "../../../lib/models/pretrained/openPretrained.js";
import { tinyGguf } from "../../support/gguf.js";
import { temporaryDirectory } from "../../support/temporary.js";

const opened: Record<string, OpenModel> = {};

beforeAll(async () => {
  const root = await temporaryDirectory();
  const file = tinyGguf({ layers: 2, contextLength: 256, quantisation: "Q8_0", seed: 9 });
  for (const graph of ["tree", "standard"] as const) {
    const directory = path.join(root, graph);
    await convertGguf(file, directory, { graphs: [graph], precisions: ["exact"] });
    opened[graph] = await openPretrained(`tiny ${graph}`, directory, "", { offline: true });
  }
});

afterAll(() => Promise.all(Object.values(opened).map(({ model }) => model.dispose())));

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

describe("a converted model tells its hidden states", () => {
  let model: LanguageModel & HiddenStates;
  const text = Array.from({ length: 150 }, (_, i) => (i * 37) % 300);

  beforeAll(() => {
    const found = opened.tree?.model as LanguageModel;
    if (!hasHiddenStates(found)) throw new Error("the graph has no hidden states");
    model = found;
  });

  test("beside the very scores of nextLogits", async () => {
    const prefixes = [text.slice(0, 5), text.slice(0, 90), [...text.slice(0, 90), 7]];
    const states = await model.nextStates(prefixes);
    const rows = await model.nextLogits(prefixes);
    for (const [index, { logits, hidden }] of states.entries()) {
      expect(logits.length).toBe(model.vocabSize);
      expect(distance(logits, rows[index] as Float32Array)).toBeLessThan(2e-4);
      expect(hidden.every(Number.isFinite)).toBe(true);
    }
    const [, second, third] = states.map(({ hidden }) => hidden) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect(distance(second, third)).toBeGreaterThan(0.01);
    expect(second.length).toBeLessThan(model.vocabSize);
  });

  test("the same from the cache and not, over several runs of the graph, and beside calls that ask for scores", async () => {
    const prefixes = text.map((_, position) => text.slice(0, position + 1));
    const [together, rows] = await Promise.all([model.nextStates(prefixes), model.allLogits(text)]);
    expect(rows.map((row) => row.length)).toEqual(text.map(() => model.vocabSize));
    for (const position of [0, 64, 127, 128, 149]) {
      const [alone] = await model.nextStates([prefixes[position] as number[]]);
      expect(
        distance(together[position]?.hidden as Float32Array, alone?.hidden as Float32Array),
      ).toBeLessThan(2e-4);
    }
  });

  test("the scores are linear in them: equal states, equal scores; the mean state, the mean scores", async () => {
    const states = await model.nextStates([text.slice(0, 20), text.slice(0, 30)]);
    const [a, b] = states as [(typeof states)[0], (typeof states)[0]];
    // A third state that is a mix of two would score the same mix: tested by fitting one from many.
    const many = await model.nextStates(text.slice(0, 120).map((_, at) => text.slice(0, at + 1)));
    const mix = solve(
      many.map(({ hidden }) => hidden),
      b.hidden,
    );
    const mixed = new Float32Array(model.vocabSize);
    for (const [index, weight] of mix.entries()) {
      for (let token = 0; token < mixed.length; token++) {
        mixed[token] = (mixed[token] as number) + weight * (many[index]?.logits[token] as number);
      }
    }
    expect(distance(mixed, b.logits)).toBeLessThan(0.05);
    expect(distance(mixed, a.logits)).toBeGreaterThan(0.1);
  });

  test("so that contrastive search runs; without its penalty it is greedy", async () => {
    const run = (recipe: Parameters<typeof decodeRecipe>[3]) =>
      drain(decodeRecipe(model, { endTokens: [] }, text.slice(0, 40), recipe));
    const [greedy] = await run({ method: "greedy", maxNewTokens: 12 });
    const [plain] = await run({ method: "contrastive", penaltyAlpha: 0, maxNewTokens: 12 });
    const [contrastive] = await run({ method: "contrastive", penaltyAlpha: 0.9, topK: 6, maxNewTokens: 12 });
    expect(plain?.tokens).toEqual(greedy?.tokens);
    expect(contrastive?.tokens).not.toEqual(greedy?.tokens);
  });
});

test("a graph in transformers.js layout has none, and the error says so", async () => {
  const { model } = opened.standard as OpenModel;
  expect(hasHiddenStates(model)).toBe(false);
  const run = drain(decodeRecipe(model, { endTokens: [] }, [1, 2], { method: "contrastive" }));
  await expect(run).rejects.toThrow(OptionError);
});

/** Weights for which the weighted sum of the vectors comes nearest to the target (conjugate gradients). */
function solve(vectors: readonly Float32Array[], target: Float32Array): Float64Array {
  const weights = new Float64Array(vectors.length);
  const rest = Float64Array.from(target);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  let gradient = vectors.map((vector) => dot(vector, rest));
  let direction = [...gradient];
  for (let round = 0; round < 400; round++) {
    const step = Float64Array.from(target, (_, i) =>
      vectors.reduce((sum, vector, j) => sum + (direction[j] as number) * (vector[i] as number), 0),
    );
    const before = dot(gradient, gradient);
    if (before < 1e-12) break;
    const size = before / dot(step, step);
    for (let j = 0; j < weights.length; j++)
      weights[j] = (weights[j] as number) + size * (direction[j] as number);
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) - size * (step[i] as number);
    gradient = vectors.map((vector) => dot(vector, rest));
    const share = dot(gradient, gradient) / before;
    direction = gradient.map((value, j) => value + share * (direction[j] as number));
  }
  return weights;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../lib/core/drain.js";
import { logSoftmax } from "../../lib/core/rows.js";
import type { Logits, Tokens } from "../../lib/core/types.js";
import { type DolaLayers, decodeRecipe, dola, generate, trace } from "../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { runRecipe, smallModels, withLayers } from "./models.js";

const OUT = Number.NEGATIVE_INFINITY;
const logs = (probabilities: readonly number[]) => probabilities.map(Math.log);

/** Asks for one row and contrasts it. */
async function contrasted(
  probabilities: number[],
  early: Record<number, number[]>,
  layers: DolaLayers,
): Promise<Logits> {
  const base = tableModel({ vocabSize: probabilities.length, otherwise: probabilities });
  const model = withLayers(base, { early: (layer) => logs(early[layer] as number[]) });
  const { model: contrasting, process } = dola(model, layers);
  const prefix: Tokens = [0];
  const [row] = await contrasting.nextLogits([prefix]);
  return process(row, prefix);
}

describe("the contrast", () => {
  test("is the last layer's log-probability less the early one's, where the last gives a tenth of the best", async () => {
    const found = await contrasted([0.5, 0.4, 0.06, 0.04], { 3: [0.5, 0.2, 0.2, 0.1] }, [3]);
    const expected = [0, Math.log(2), Math.log(0.3), OUT];
    for (const [token, score] of expected.entries()) expect(found[token]).toBeCloseTo(score, 5);
  });

  test("is with the candidate that differs most", async () => {
    const early = { 0: [0.5, 0.3, 0.2], 2: [0.1, 0.1, 0.8], 4: [0.6, 0.3, 0.1] };
    const last = [0.6, 0.3, 0.1];
    expect(await contrasted(last, early, [0, 2, 4])).toEqual(await contrasted(last, early, [2]));
    expect(await contrasted(last, early, [4, 0])).toEqual(await contrasted(last, early, [0]));
    expect(await contrasted(last, early, [4])).not.toEqual(await contrasted(last, early, [0]));
  });

  test("law: leaves the likeliest token, keeps exactly the tenth's tokens, and changes nothing that it is given", async () => {
    const row = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 5 });
    const property = fc.asyncProperty(row, row, row, async (last, low, high) => {
      const share = (weights: number[]) => weights.map((x) => x / weights.reduce((sum, y) => sum + y));
      const probabilities = share(last);
      const found = await contrasted(probabilities, { 0: share(low), 1: share(high) }, [0, 1]);
      const best = Math.max(...probabilities);
      for (const [token, probability] of probabilities.entries()) {
        if (Math.abs(probability - best / 10) < 1e-6) continue;
        expect(found[token] === OUT).toBe(probability < best / 10);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("keeps out what a constraint rules out, and measures the tenth by what it allows", async () => {
    const open = beamExample();
    const early = () => new Array<number>(open.model.vocabSize).fill(0);
    const model = withLayers(open.model, { early });
    const choices = { choices: ["C"] };
    const { sequences } = await generate({ ...open, model }, "<bos>", {
      method: "dola",
      constraint: choices,
    });
    expect(sequences[0]?.text).toBe("C");
  });
});

describe("the layers to choose from", () => {
  test.each<[DolaLayers, number, boolean, number[]]>([
    ["low", 30, true, [2, 4, 6, 8, 10, 12, 14]],
    ["low", 30, false, [0, 2, 4, 6, 8, 10, 12, 14]],
    ["high", 30, true, [15, 17, 19, 21, 23, 25, 27, 29]],
    ["low", 48, true, [2, 4, 6, 8, 10, 12, 14, 16, 18]],
    ["high", 48, false, [28, 30, 32, 34, 36, 38, 40, 42, 44, 46]],
    ["low", 5, true, [2]],
    ["low", 4, true, [2]],
    ["low", 2, true, [1]],
    ["low", 1, true, [0]],
    ["low", 3, false, [0]],
    ["high", 1, true, [0]],
    [[7, 0, 7], 8, true, [7, 0, 7]],
  ])("%j of %d layers, tied %s: %j", async (layers, numLayers, tiedEmbeddings, expected) => {
    const asked: number[][] = [];
    const base = tableModel({ vocabSize: 3, otherwise: [0.2, 0.3, 0.5] });
    const model = withLayers(base, { numLayers, tiedEmbeddings });
    const watched = {
      ...model,
      nextLayerLogits: (prefixes: readonly Tokens[], wanted: readonly number[]) => {
        asked.push([...wanted]);
        return model.nextLayerLogits(prefixes, wanted);
      },
    };
    await runRecipe(watched, [0], [], { method: "dola", layers, maxNewTokens: 1 });
    expect(asked).toEqual([expected]);
  });

  test.each<[DolaLayers, number]>([
    ["low", 3],
    [[8], 8],
    [[1, 2, -1], 8],
    [[0.5], 8],
    [[], 8],
  ])("%j of %d tied layers are refused, by name and with what is there", (layers, numLayers) => {
    const model = withLayers(beamExample().model, { numLayers, tiedEmbeddings: true });
    const rule = `\`layers\` must be "high" or a list of layers from 0 to ${numLayers - 1} for this model of ${numLayers} layers`;
    expect(() => dola(model, layers)).toThrow(rule);
  });
});

describe("dola", () => {
  test("law: with a layer that knows nothing it is greedy, or sample among a tenth's tokens with the same seed", async () => {
    const property = fc.asyncProperty(
      smallModels(4),
      fc.integer({ min: 0, max: 99 }),
      async (small, seed) => {
        const model = withLayers(small);
        const run = (recipe: Parameters<typeof runRecipe>[3]) => runRecipe(model, [0, 1], [3], recipe);
        const common = { maxNewTokens: 6, seed };
        const tokens = (found: Awaited<ReturnType<typeof run>>) => found.map((sequence) => sequence.tokens);
        const greedy = await run({ method: "greedy", ...common });
        expect(tokens(await run({ method: "dola", ...common }))).toEqual(tokens(greedy));
        const drawn = { ...common, numReturnSequences: 3 };
        const sampled = await run({ method: "sample", ...drawn, processors: [{ type: "minP", p: 0.1 }] });
        expect(tokens(await run({ method: "dola", doSample: true, ...drawn }))).toEqual(tokens(sampled));
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("processors come after the contrast, and picks before the choice", async () => {
    const base = tableModel({ vocabSize: 3, otherwise: [0.5, 0.4, 0.1] });
    const model = withLayers(base, { early: () => logs([0.6, 0.2, 0.2]) });
    const recipe = { method: "dola", maxNewTokens: 2, layers: [1] } as const;
    const [plain] = await runRecipe(model, [0], [], recipe);
    expect(plain?.tokens).toEqual([1, 1]);
    const processors = [{ type: "suppressTokens", tokens: [1] }] as const;
    expect((await runRecipe(model, [0], [], { ...recipe, processors }))[0]?.tokens).toEqual([0, 0]);
    const picked = await collect(decodeRecipe(model, { endTokens: [] }, [0], recipe, { picks: [2] }));
    expect(picked.map(({ token }) => token)).toEqual([2, 1]);
  });

  test("a trace has the model's own row first, then what the contrast removed", async () => {
    const open = beamExample();
    const model = withLayers(open.model);
    const { steps } = await trace({ ...open, model }, "<bos>", {
      method: "dola",
      maxNewTokens: 1,
      processors: [{ type: "temperature", t: 2 }],
    });
    expect(steps[0]?.stages.map(({ name }) => name)).toEqual(["dola", "temperature"]);
    const [row] = await open.model.nextLogits([open.tokenizer.encode("<bos>")]);
    const probabilities = [...logSoftmax(row as Logits)].map(Math.exp);
    const removed = probabilities.filter((p) => p < Math.max(...probabilities) / 10);
    expect(steps[0]?.stages[0]?.massRemoved).toBeCloseTo(
      removed.reduce((sum, p) => sum + p, 0),
      6,
    );
  });
});

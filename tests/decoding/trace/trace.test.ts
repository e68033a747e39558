import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../../lib/core/drain.js";
import { OptionError } from "../../../lib/core/errors.js";
import { entropy } from "../../../lib/core/rows.js";
import {
  decodeRecipe,
  type GreedyRecipe,
  generate,
  type Recipe,
  type SampleRecipe,
  trace,
  traceSteps,
} from "../../../lib/decoding/index.js";
import { traceStages } from "../../../lib/decoding/trace/stage.js";
import { standings } from "../../../lib/decoding/trace/standing.js";
import { traceStep } from "../../../lib/decoding/trace/step.js";
import { tracedToken } from "../../../lib/decoding/trace/token.js";
import { beamExample, tableModel, tableTokenizer } from "../../../lib/models/table/index.js";
import { recorded, smallModels } from "../models.js";
import { configArbitraries, configArbitrary, rowArbitrary, vocabSize } from "../processors/arbitraries.js";

const ruledOut = Number.NEGATIVE_INFINITY;
const letters = Array.from({ length: vocabSize }, (_, index) => String.fromCharCode(65 + index));
const tokenizer = tableTokenizer({ tokens: letters, end: ["D"] });

describe("by hand", () => {
  const tokens = ["a", "b", "c", "d"];
  const model = tableModel({ tokens, otherwise: [0.4, 0.3, 0.2, 0.1] });
  const open = { model, tokenizer: tableTokenizer({ tokens }) };
  const recipe: Recipe = {
    method: "greedy",
    maxNewTokens: 1,
    processors: [
      { type: "suppressTokens", tokens: [0] },
      { type: "topK", k: 2 },
      { type: "temperature", t: 0.5 },
    ],
  };

  test("every number of a step", async () => {
    const { steps } = await trace(open, "a", recipe, { top: 2 });
    expect(steps).toHaveLength(1);
    const [step] = steps;
    // After the chain b and c are left, as 0.3² to 0.2².
    const [b, c] = [9 / 13, 4 / 13];
    expect(step).toMatchObject({ sequence: 0, position: 0, finishReason: "length" });
    expect(step.logProb).toBeCloseTo(Math.log(b), 6);
    expect(step.raw.tokensLeft).toBe(4);
    expect(step.raw.entropy).toBeCloseTo(1.279854, 6);
    expect(step.processed.tokensLeft).toBe(2);
    expect(step.processed.entropy).toBeCloseTo(-(b * Math.log(b) + c * Math.log(c)), 6);
    const { stages } = step;
    expect(stages.map(({ name, tokensLeft }) => [name, tokensLeft])).toEqual([
      ["suppressTokens", 3],
      ["topK", 2],
      ["temperature", 2],
    ]);
    const removed = [0.4, 1 / 6, 0];
    const moved = [0.4, 1 / 6, b - 0.6];
    for (const [index, stage] of stages.entries()) {
      expect(stage.massRemoved).toBeCloseTo(removed[index] as number, 6);
      expect(stage.massMoved).toBeCloseTo(moved[index] as number, 6);
    }
  });

  test("a candidate's way through the chain, the removed one included", async () => {
    const [step] = (await trace(open, "a", recipe, { top: 2 })).steps;
    expect(step.candidates.map(({ text, removedBy }) => [text, removedBy])).toEqual([
      ["a", 0],
      ["b", null],
      ["c", null],
    ]);
    const [a, b] = step.candidates;
    expect(a).toMatchObject({ token: 0, raw: { rank: 1 }, stages: [null, null, null], processed: null });
    expect(a?.raw?.probability).toBeCloseTo(0.4, 6);
    expect(b?.raw?.rank).toBe(2);
    expect(b?.stages.map((standing) => standing?.rank)).toEqual([1, 1, 1]);
    [0.5, 0.6, 9 / 13].forEach((probability, index) => {
      expect(b?.stages[index]?.probability).toBeCloseTo(probability, 6);
    });
    expect(b?.processed).toEqual(b?.stages[2]);
    expect(step.chosen).toEqual(b);
  });

  test("a token that a stage brings back was not removed", async () => {
    const processors = [
      { type: "topK", k: 1 },
      { type: "forcedFirst", token: 3 },
    ] as const;
    const [step] = (await trace(open, "a", { method: "greedy", maxNewTokens: 1, processors }, { top: 1 }))
      .steps;
    expect(step.chosen).toMatchObject({
      token: 3,
      removedBy: null,
      stages: [null, { probability: 1, rank: 1 }],
    });
    expect(step.candidates[0]).toMatchObject({ token: 0, removedBy: 1 });
  });

  test("what the model itself rules out has no rank and no remover", async () => {
    const model = tableModel({ tokens, otherwise: [0.5, 0, 0.5, 0] });
    const [step] = (await trace({ ...open, model }, "a", { method: "greedy", maxNewTokens: 1 })).steps;
    expect(step.raw.tokensLeft).toBe(2);
    expect(step.candidates.map(({ raw, removedBy }) => [raw?.rank, removedBy])).toEqual([
      [1, null],
      [2, null],
      [undefined, null],
      [undefined, null],
    ]);
    expect(step.stages).toEqual([]);
    expect(step.processed).toEqual(step.raw);
  });
});

describe("one row", () => {
  test.each([
    { row: [1, 3, 2], ranks: [3, 1, 2] },
    { row: [5, 5, 5], ranks: [1, 2, 3] },
    { row: [ruledOut, 1, ruledOut], ranks: [undefined, 1, undefined] },
    { row: [-0, 0, 1], ranks: [2, 3, 1] },
  ])("%j", ({ row, ranks }) => {
    const asked = [1, 2, 0];
    const found = standings(Float32Array.from(row), asked).map((standing) => standing?.rank);
    expect(found).toEqual(asked.map((token) => ranks[token]));
  });

  test("ranks of all tokens are a permutation, in the order of the scores, and agree with any subset", () => {
    const tokens = Array.from({ length: vocabSize }, (_, token) => token);
    fc.assert(
      fc.property(rowArbitrary, fc.subarray(tokens, { minLength: 1 }), (row, some) => {
        const all = standings(row, tokens);
        const alive = tokens.filter((token) => row[token] !== ruledOut);
        const byRank = [...alive].sort((a, b) => row[b] - row[a] || a - b);
        expect(byRank.map((token) => all[token]?.rank)).toEqual(byRank.map((_, index) => index + 1));
        expect(standings(row, some)).toEqual(some.map((token) => all[token]));
        const sum = all.reduce((total, standing) => total + (standing?.probability ?? 0), 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});

const recipes: fc.Arbitrary<GreedyRecipe | SampleRecipe> = fc.record({
  method: fc.constantFrom("greedy", "sample"),
  maxNewTokens: fc.constant(5),
  seed: fc.integer({ min: 0, max: 99 }),
  processors: fc.array(configArbitrary, { maxLength: 4 }),
});
const models = smallModels(vocabSize);
const removing = fc.array(
  fc.oneof(
    configArbitraries.topK,
    configArbitraries.topP,
    configArbitraries.minP,
    configArbitraries.epsilon,
    configArbitraries.typical,
    configArbitraries.topH,
  ),
  { minLength: 1, maxLength: 4 },
);

describe("laws", () => {
  test("a traced decode takes the same steps as an untraced one, with as many model calls", async () => {
    const property = fc.asyncProperty(models, recipes, async (model, recipe) => {
      const [plain, traced] = [recorded(model), recorded(model)];
      const run = async () => {
        const steps: number[] = [];
        const generator = decodeRecipe(plain.model, tokenizer, [0], recipe);
        try {
          const sequences = await drain(generator, ({ token }) => void steps.push(token));
          return { steps, sequences };
        } catch (error) {
          return { steps, error: (error as Error).message };
        }
      };
      const expected = await run();
      const steps: number[] = [];
      const generator = traceSteps({ model: traced.model, tokenizer }, [0], recipe);
      try {
        const sequences = await drain(generator, ({ chosen }) => void steps.push(chosen.token));
        expect(sequences).toMatchObject(expected.sequences ?? []);
      } catch (error) {
        expect((error as Error).message).toBe(expected.error);
      }
      expect(steps).toEqual(expected.steps);
      expect(traced.calls).toEqual(plain.calls);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("tokens left, entropy and mass agree with the rows themselves", async () => {
    const property = fc.asyncProperty(models, recipes, async (model, recipe) => {
      const steps = await collect(decodeRecipe(model, tokenizer, [0], recipe, { keepRows: true })).catch(
        () => [],
      );
      for (const step of steps) {
        const traced = traceStep(step, 1, vocabSize, tokenizer);
        const rows = step.rows!;
        const finite = (row: Float32Array) => row.filter((score) => score !== ruledOut).length;
        expect(traced.processed.tokensLeft).toBe(finite(rows.processed));
        expect(traced.processed.entropy).toBe(entropy(rows.processed));
        expect(traced.stages.map(({ tokensLeft }) => tokensLeft)).toEqual(
          rows.stages.map(({ logits }) => finite(logits)),
        );
        for (const { massRemoved, massMoved } of traced.stages) {
          expect(massRemoved).toBeGreaterThanOrEqual(0);
          // What is ruled out has to go somewhere.
          expect(massMoved).toBeGreaterThanOrEqual(massRemoved - 1e-9);
        }
        // With the whole vocabulary followed, those without a standing are those that were removed.
        expect(
          traced.candidates
            .filter(({ processed }) => processed === null)
            .every(({ removedBy }) => removedBy !== null),
        ).toBe(true);
        expect(traced.candidates.map(({ raw }) => raw?.rank)).toEqual(letters.map((_, index) => index + 1));
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("stages that only remove: the masses multiply to what is left, and moved is removed", async () => {
    const property = fc.asyncProperty(models, removing, async (model, processors) => {
      const recipe = { method: "sample", maxNewTokens: 3, processors } as const;
      for (const step of await collect(decodeRecipe(model, tokenizer, [0], recipe, { keepRows: true }))) {
        const { stages, candidates } = traceStep(step, 1, vocabSize, tokenizer);
        const left = candidates.filter(({ processed }) => processed !== null);
        const mass = left.reduce((sum, { raw }) => sum + (raw?.probability ?? 0), 0);
        expect(stages.reduce((rest, { massRemoved }) => rest * (1 - massRemoved), 1)).toBeCloseTo(mass, 9);
        for (const { massRemoved, massMoved } of stages) expect(massMoved).toBeCloseTo(massRemoved, 9);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a trace is plain data", async () => {
    const property = fc.asyncProperty(models, recipes, async (model, recipe) => {
      const result = await trace({ model, tokenizer }, "A", recipe).catch(() => undefined);
      if (result) expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    });
    await fc.assert(property, { numRuns: 20 });
  });
});

describe("trace", () => {
  const open = beamExample();

  test("gives the sequences of `generate`, the steps of several in turns", async () => {
    const recipe: Recipe = { method: "sample", numReturnSequences: 3, maxNewTokens: 6, seed: 2 };
    const result = await trace(open, "<bos>", recipe);
    const { sequences } = await generate(open, "<bos>", recipe);
    expect(result.sequences).toEqual(sequences);
    expect(result.prompt).toEqual({ tokens: [0], text: "<bos>" });
    for (const [index, { tokens, finishReason }] of sequences.entries()) {
      const steps = result.steps.filter(({ sequence }) => sequence === index);
      expect(steps.map(({ chosen }) => chosen.token)).toEqual(tokens);
      expect(steps.map(({ position }) => position)).toEqual(tokens.map((_, position) => position));
      expect(steps.at(-1)?.finishReason).toBe(finishReason);
    }
  });

  test("takes tokens for a text, and fills the recipe's defaults in", async () => {
    const recipe: Recipe = { method: "greedy", maxNewTokens: 2 };
    const result = await trace(open, [0], recipe);
    expect(result).toEqual(await trace(open, "<bos>", recipe));
    expect(result.recipe).toMatchObject({ seed: 0, processors: [] });
  });

  test("whoever stops iterating stops the decode", async () => {
    const { model, calls } = recorded(open.model);
    for await (const step of traceSteps({ ...open, model }, "<bos>", { method: "greedy" })) {
      if (step.position === 1) break;
    }
    expect(calls).toHaveLength(2);
  });

  test("an aborted signal ends it", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(trace(open, "<bos>", { method: "greedy" }, { signal })).rejects.toThrow("enough");
  });

  test.each([0, -1, 1.5, Number.NaN])("top %j is an error", async (top) => {
    await expect(trace(open, "<bos>", { method: "greedy" }, { top })).rejects.toThrow(
      /`top` must be a whole number from 1/,
    );
  });

  test("a step without rows can't be traced", async () => {
    const [step] = await collect(decodeRecipe(open.model, open.tokenizer, [0], { method: "greedy" }));
    expect(() => traceStep(step!, 1, 10, open.tokenizer)).toThrow(OptionError);
    expect(() => traceStep(step!, 1, 10, open.tokenizer)).toThrow(/`step` must be one that was decoded with/);
  });
});

test.each([
  ["A", false, { token: 0, text: "A" }],
  ["\u{1F600}", false, { token: 0, text: "\u{1F600}" }],
  ["<eos>", true, { token: 0, text: "<eos>", special: true }],
])("%j is drawn from its text", (text, special, expected) => {
  const bytes = new TextEncoder().encode(text);
  const { encode: _, ...reader } = tokenizer;
  const vocabulary = { ...reader, encode: () => [0], tokenBytes: () => bytes, isSpecial: () => special };
  expect(tracedToken(0, vocabulary)).toEqual(expected);
});

test("half a character keeps its bytes", () => {
  const vocabulary = { ...tokenizer, tokenBytes: () => Uint8Array.of(0xf0, 0x9f) };
  expect(tracedToken(7, vocabulary)).toEqual({ token: 7, text: "\uFFFD", bytes: [0xf0, 0x9f] });
});

test("a stage that only shifts the scores moves nothing", () => {
  const raw = Float32Array.of(1, 2, 3);
  const [stage] = traceStages(raw, [{ name: "normalize", logits: raw.map((score) => score - 4) }]);
  expect(stage).toMatchObject({ massRemoved: 0, tokensLeft: 3 });
  expect(stage?.massMoved).toBeLessThan(1e-7);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../../lib/core/drain.js";
import { entropy, softmax } from "../../../lib/core/rows.js";
import {
  decodeRecipe,
  type GreedyRecipe,
  type SampleRecipe,
  trace,
  traceSteps,
} from "../../../lib/decoding/index.js";
import { traceStep } from "../../../lib/decoding/trace/step.js";
import { tableTokenizer } from "../../../lib/models/table/index.js";
import { recorded, smallModels } from "../models.js";
import { configArbitraries, configArbitrary, vocabSize } from "../processors/arbitraries.js";

const ruledOut = Number.NEGATIVE_INFINITY;
const letters = Array.from({ length: vocabSize }, (_, index) => String.fromCharCode(65 + index));
const tokenizer = tableTokenizer({ tokens: letters, end: ["D"] });

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

/** KL of two rows by its definition; 0 where it is without bound. */
function divergenceOf(raw: Float32Array, processed: Float32Array): number {
  const [p, q] = [softmax(raw), softmax(processed)];
  const terms = [...q].map((share, token) => (share > 0 ? share * Math.log(share / p[token]) : 0));
  const sum = terms.reduce((total, term) => total + term, 0);
  return Number.isFinite(sum) ? sum : 0;
}

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
        expect(traced.divergence ?? 0).toBeCloseTo(divergenceOf(rows.raw, rows.processed), 6);
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
        const { stages, candidates, divergence } = traceStep(step, 1, vocabSize, tokenizer);
        const left = candidates.filter(({ processed }) => processed !== null);
        const mass = left.reduce((sum, { raw }) => sum + (raw?.probability ?? 0), 0);
        expect(stages.reduce((rest, { massRemoved }) => rest * (1 - massRemoved), 1)).toBeCloseTo(mass, 9);
        for (const { massRemoved, massMoved } of stages) expect(massMoved).toBeCloseTo(massRemoved, 9);
        expect(divergence).toBeCloseTo(-Math.log(mass), 5);
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

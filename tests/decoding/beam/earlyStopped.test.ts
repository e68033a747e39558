import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../../lib/core/drain.js";
import { logSoftmax } from "../../../lib/core/rows.js";
import type { LanguageModel, Tokens } from "../../../lib/core/types.js";
import { earlyStoppedBeamSearch, type Recipe } from "../../../lib/decoding/index.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { runRecipe, smallModels } from "../models.js";

const open = beamExample();
const eos = 4;

describe("earlyStoppedBeam", () => {
  const search = (recipe: Partial<Extract<Recipe, { method: "earlyStoppedBeam" }>>) =>
    runRecipe(open.model, [0], [eos], { method: "earlyStoppedBeam", numBeams: 2, ...recipe });

  test("two beams find D2L's better sequence; both finished ones come back by score", async () => {
    const sequences = await search({ numReturnSequences: 2 });
    expect(sequences.map(({ tokens }) => tokens)).toEqual([
      [1, 3, 2, eos],
      [1, 2, 3, eos],
    ]);
    expect(Math.exp(sequences[0]?.logProb as number)).toBeCloseTo(0.054, 6);
    expect(sequences[0]?.score).toBeCloseTo(Math.log(0.054) / 4, 6);
  });

  test("beams that end make room: fewer run on, and the next step fills them up", async () => {
    const steps = await collect(
      earlyStoppedBeamSearch(open.model, [0], { numBeams: 4, maxNewTokens: 9, stopTokens: [eos] }),
    );
    // <eos> is the fourth likeliest token of the first step, and `A <eos>` among the four likeliest of the second.
    const shape = steps.slice(0, -1).map(({ running, ended }) => [running.length, ended.length]);
    expect(shape.slice(0, 2)).toEqual([
      [3, 1],
      [3, 1],
    ]);
    for (const [going, over] of shape) expect((going as number) + (over as number)).toBe(4);
    expect(steps.at(-1)?.stopped).toBe("enough");
  });

  test.each([
    { lengthPenalty: -1, best: [eos] },
    { lengthPenalty: 1, best: [1, 3, 2, eos] },
    { lengthPenalty: 4, best: [1, 3, 2, eos] },
  ])("ranks the finished by length penalty $lengthPenalty", async ({ lengthPenalty, best }) => {
    const [sequence] = await search({ numBeams: 4, lengthPenalty });
    expect(sequence?.tokens).toEqual(best);
  });

  test("a cap leaves the best of the finished, and only without one the best of the others", async () => {
    const [cut] = await search({ maxNewTokens: 2 });
    expect(cut).toMatchObject({ tokens: [1, 2], finishReason: "length" });
    const both = await search({ numBeams: 4, maxNewTokens: 2, numReturnSequences: 4, lengthPenalty: -1 });
    expect(both.map(({ tokens, finishReason }) => [tokens, finishReason])).toEqual([
      [[eos], "stop"],
      [[1, eos], "stop"],
      [[1, 2], "length"],
      [[1, 3], "length"],
    ]);
  });

  test("law: it follows the written algorithm, step by step", async () => {
    const penalties = fc.constantFrom(0, 0.5, 1, 2);
    const widths = fc.integer({ min: 1, max: 5 });
    const property = fc.asyncProperty(
      smallModels(6),
      widths,
      penalties,
      async (model, numBeams, lengthPenalty) => {
        const recipe: Recipe = { method: "earlyStoppedBeam", numBeams, lengthPenalty, maxNewTokens: 7 };
        const [found] = await runRecipe(model, [0], [5], recipe);
        const expected = await asWritten(model, [0], 5, numBeams, lengthPenalty, 7);
        expect(found?.score).toBeCloseTo(expected.score, 10);
        expect(found?.tokens).toEqual(expected.tokens);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});

/** The algorithm of seed 002, task 5, step for step, without regard to speed. */
async function asWritten(
  model: LanguageModel,
  prompt: Tokens,
  end: number,
  numBeams: number,
  lengthPenalty: number,
  cap: number,
): Promise<{ tokens: Tokens; score: number }> {
  type Candidate = { tokens: number[]; score: number };
  const best = (list: Candidate[], count: number) => list.sort((a, b) => b.score - a.score).slice(0, count);
  const continued = async ({ tokens, score }: Candidate) => {
    const [row] = await model.nextLogits([[...prompt, ...tokens]]);
    const all = [...logSoftmax(row as Float32Array)].map((logProb, token) => {
      return { tokens: [...tokens, token], score: score + logProb };
    });
    return best(all, numBeams);
  };
  const finished: Candidate[] = [];
  let unfinished: Candidate[] = [{ tokens: [], score: 0 }];
  for (let length = 0; length < cap && finished.length < numBeams && unfinished.length > 0; length++) {
    const lists = await Promise.all(unfinished.map(continued));
    const first = best(lists.flat(), numBeams);
    finished.push(...first.filter(({ tokens }) => tokens.at(-1) === end));
    unfinished = first.filter(({ tokens }) => tokens.at(-1) !== end);
  }
  const ranked = (finished.length > 0 ? finished : unfinished).map(({ tokens, score }) => {
    return { tokens, score: score / tokens.length ** lengthPenalty };
  });
  return best(ranked, 1)[0] as Candidate;
}

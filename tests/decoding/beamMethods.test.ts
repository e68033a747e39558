import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";
import { LogitsError, OptionError } from "../../lib/core/errors.js";
import { logSoftmax } from "../../lib/core/rows.js";
import type { LanguageModel, Tokens } from "../../lib/core/types.js";
import {
  type Beam,
  type BeamStep,
  beamSearch,
  decodeRecipe,
  diverseBeamSearch,
  earlyStoppedBeamSearch,
  generate,
  named,
  type Recipe,
  type Sequence,
} from "../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { arithmeticModel, chiSquaredDeviation, recordOf } from "./arithmetic.js";
import { recorded, smallModels } from "./models.js";

const open = beamExample();
const eos = 4;

interface Case {
  readonly prompt: number[];
  readonly ends: number[];
  readonly recipe: Omit<Extract<Recipe, { method: "beam" }>, "method">;
  readonly sequences: { tokens: number[]; score: number }[];
}

const run = (model: LanguageModel, prompt: Tokens, endTokens: readonly number[], recipe: Recipe) =>
  drain(decodeRecipe(model, { endTokens }, prompt, recipe));

function expectSame(found: readonly Sequence[], sequences: readonly { tokens: number[]; score: number }[]) {
  expect(found.map(({ tokens }) => tokens)).toEqual(sequences.map(({ tokens }) => tokens));
  for (const [index, { score }] of sequences.entries()) expect(found[index]?.score).toBeCloseTo(score, 4);
}

describe("recorded from Hugging Face", () => {
  const model = arithmeticModel();

  test.each(recordOf<{ cases: Case[] }>("beam").cases)("beam $prompt $ends $recipe", async (golden) => {
    const recipe: Recipe = { method: "beam", ...golden.recipe, numReturnSequences: golden.recipe.numBeams };
    expectSame(await run(model, golden.prompt, golden.ends, recipe), golden.sequences);
  });

  const diverse = recordOf<{
    cases: (Case & { recipe: { numBeamGroups: number; diversityPenalty: number } })[];
  }>("diverse");
  test.each(diverse.cases)("diverseBeam $prompt $recipe", async (golden) => {
    const numReturnSequences = golden.recipe.numBeams;
    const recipe: Recipe = { method: "diverseBeam", ...golden.recipe, numReturnSequences };
    const found = await run(model, golden.prompt, golden.ends, recipe);
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
        const [best] = await run(small, prompt, ends, { method: "beamSample", ...recipe, seed });
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

describe("earlyStoppedBeam", () => {
  const search = (recipe: Partial<Extract<Recipe, { method: "earlyStoppedBeam" }>>) =>
    run(open.model, [0], [eos], { method: "earlyStoppedBeam", numBeams: 2, ...recipe });

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
        const [found] = await run(model, [0], [5], recipe);
        const expected = await asWritten(model, [0], 5, numBeams, lengthPenalty, 7);
        expect(found?.score).toBeCloseTo(expected.score, 10);
        expect(found?.tokens).toEqual(expected.tokens);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});

describe("laws", () => {
  test("one beam is greedy, in every beam method that doesn't draw", async () => {
    const property = fc.asyncProperty(smallModels(4), async (model) => {
      const [greedy] = await run(model, [0], [3], { method: "greedy", maxNewTokens: 5 });
      const settings = { numBeams: 1, maxNewTokens: 5 };
      const recipes: Recipe[] = [
        { method: "beam", ...settings },
        { method: "earlyStoppedBeam", ...settings },
        { method: "diverseBeam", ...settings, numBeamGroups: 1, diversityPenalty: 2 },
      ];
      for (const recipe of recipes) {
        const [sequence] = await run(model, [0], [3], recipe);
        expect(sequence?.tokens).toEqual(greedy?.tokens);
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("one group without penalty is beam search, frontier by frontier", async () => {
    const property = fc.asyncProperty(
      smallModels(4),
      fc.integer({ min: 1, max: 4 }),
      async (model, numBeams) => {
        const options = { numBeams, maxNewTokens: 5, stopTokens: [3] };
        const plain = await collect(beamSearch(model, [0], options));
        const groups = { ...options, numBeamGroups: 1, diversityPenalty: 0 };
        const diverse = await collect(diverseBeamSearch(model, [0], groups));
        expect(diverse.map(withoutGroup)).toEqual(plain);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("beams are born of running ones, once, and each is running, ended or pruned", async () => {
    const property = fc.asyncProperty(
      smallModels(5),
      fc.integer({ min: 1, max: 4 }),
      async (model, numBeams) => {
        const options = { numBeams: 2 * numBeams, maxNewTokens: 5, stopTokens: [3] };
        const searches = [
          beamSearch(model, [0], options),
          earlyStoppedBeamSearch(model, [0], options),
          diverseBeamSearch(model, [0], { ...options, numBeamGroups: 2, diversityPenalty: 0.5 }),
        ];
        for (const search of searches) {
          let before: readonly { tokens: Tokens }[] = [{ tokens: [0] }, { tokens: [0] }];
          const steps = await collect<BeamStep>(search);
          for (const step of steps) {
            const born = [...step.running, ...step.ended, ...step.pruned];
            const names = born.map(({ tokens, group = 0 }) => `${group}: ${tokens.join(" ")}`);
            expect(new Set(names).size).toBe(names.length);
            for (const beam of born)
              expect(beam.tokens).toEqual([...(before[beam.parent]?.tokens ?? []), beam.token]);
            expect(step.stopped !== undefined).toBe(step === steps.at(-1));
            before = step.running;
          }
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("the bound is what stops a search, and no earlier", async () => {
    const options = { numBeams: 3, maxNewTokens: 30, stopTokens: [0, 9, 20], lengthPenalty: 0 } as const;
    const steps = await collect(beamSearch(arithmeticModel(), [2, 7], options));
    for (const { bounds, stopped, finished } of steps) {
      expect(bounds.length).toBe(finished.length === 3 ? 1 : 0);
      for (const { attainable, worst } of bounds) expect(attainable <= worst).toBe(stopped === "bound");
    }
    expect(steps.at(-1)?.stopped).toBe("bound");
  });

  test("a group keeps off what earlier groups chose, as far as the penalty reaches", async () => {
    const options = { numBeams: 2, numBeamGroups: 2, maxNewTokens: 3 };
    const firsts = async (diversityPenalty: number) => {
      const [step] = await collect(diverseBeamSearch(open.model, [0], { ...options, diversityPenalty }));
      return step?.running.map(({ token, group }) => [group, token]);
    };
    // A has 0.5, B 0.2: ln 2.5 = 0.916 nats lie between them.
    expect(await firsts(0.9)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(await firsts(0.93)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("groups read the prompt once", async () => {
    const { model, calls } = recorded(open.model);
    await collect(
      diverseBeamSearch(model, [0], { numBeams: 4, numBeamGroups: 4, diversityPenalty: 1, maxNewTokens: 2 }),
    );
    expect(calls.map((prefixes) => prefixes.length)).toEqual([1, 4]);
  });
});

describe("what a step carries", () => {
  test("rows, if asked for, of every beam it continued", async () => {
    const recipe = {
      method: "beam",
      numBeams: 2,
      maxNewTokens: 2,
      processors: [{ type: "topK", k: 2 }],
    } as const;
    const steps = await collect(decodeRecipe(open.model, open.tokenizer, [0], recipe, { keepRows: true }));
    expect(steps.map(({ rows }) => rows?.length)).toEqual([1, 2]);
    const [first] = steps[0]?.rows ?? [];
    expect(first?.stages.map(({ name }) => name)).toEqual(["topK"]);
    // Processors of beams work on log-probabilities, and nobody normalises after them.
    expect(first?.processed[1]).toBeCloseTo(Math.log(0.5), 6);
    expect(first?.processed[4]).toBe(Number.NEGATIVE_INFINITY);
  });

  test("beams that processors rule out die; only if all do is it an error", async () => {
    const model = tableModel({ vocabSize: 3, otherwise: [0.5, 0.3, 0.2] });
    const dead = new Float32Array(3).fill(Number.NEGATIVE_INFINITY);
    const after0 = named("after0", (row, tokens) => (tokens.at(-1) === 0 ? dead : row));
    const steps = await collect(beamSearch(model, [1], { numBeams: 2, maxNewTokens: 3, process: after0 }));
    expect(steps[1]?.running.map(({ tokens }) => tokens.join(" "))).toEqual(["1 1 0", "1 1 1"]);
    const never = named("never", () => dead);
    const failing = collect(beamSearch(model, [1], { numBeams: 2, maxNewTokens: 3, process: never }));
    await expect(failing).rejects.toThrow(LogitsError);
    await expect(failing).rejects.toThrow("`never` left nothing to choose from");
  });

  test("generate gives texts, and several of them if asked", async () => {
    const recipe: Recipe = { method: "beam", numBeams: 3, numReturnSequences: 2 };
    const { sequences } = await generate(open, "<bos>", recipe);
    expect(sequences.map(({ text }) => text)).toEqual(["ACB", "ABC"]);
  });
});

describe("recipes", () => {
  const group = { method: "diverseBeam", numBeams: 4, numBeamGroups: 2, diversityPenalty: 1 };
  test.each([
    [{ method: "beam" }, "`numBeams` must be a whole number from 1, but is undefined"],
    [
      { method: "beam", numBeams: 2, numReturnSequences: 3 },
      "`numReturnSequences` must be at most numBeams, but is 3",
    ],
    [
      { method: "beam", numBeams: 2, earlyStopping: "always" },
      '`earlyStopping` must be true, false or "never"',
    ],
    [{ method: "beam", numBeams: 2, lengthPenalty: "1" }, "`lengthPenalty` must be a number"],
    [
      { method: "beam", numBeams: 2, processors: [{ type: "temperature", t: 2 }, { type: "mirostat" }] },
      "`processors[1].type` must be one that several beams can share",
    ],
    [{ ...group, numBeamGroups: 3 }, "`numBeamGroups` must be a divisor of numBeams, but is 3"],
    [{ ...group, diversityPenalty: -1 }, "`diversityPenalty` must be a number from 0, but is -1"],
    [{ ...group, diversityPenalty: undefined }, "`diversityPenalty` must be a number from 0"],
  ])("refuses %j", async (recipe, message) => {
    const failing = run(open.model, [0], [eos], recipe as unknown as Recipe);
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow(message);
  });
});

function withoutGroup(step: BeamStep): BeamStep {
  const strip = (beams: readonly Beam[]) => beams.map(({ group, ...beam }) => beam);
  return {
    ...step,
    running: strip(step.running),
    ended: strip(step.ended),
    pruned: strip(step.pruned),
    finished: strip(step.finished),
    bounds: step.bounds.map(({ group, ...bound }) => bound),
  };
}

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

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../../lib/core/drain.js";
import { OptionError, PromptError } from "../../../lib/core/errors.js";
import { logSoftmax } from "../../../lib/core/rows.js";
import type { LanguageModel, Tokens } from "../../../lib/core/types.js";
import { type BeamOptions, beamSearch, decode } from "../../../lib/decoding/index.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { recorded, smallModels } from "../models.js";

const { model: example } = beamExample();
const eos = 4;
const search = { numBeams: 2, maxNewTokens: 4, stopTokens: [eos] };

describe("beamSearch", () => {
  test("finds D2L's A C B <eos> with 0.054, which greedy misses", async () => {
    const sequences = await drain(beamSearch(example, [0], search));
    expect(sequences.map(({ tokens }) => tokens)).toEqual([
      [1, 3, 2, eos],
      [1, 2, 3, eos],
    ]);
    expect(sequences.map(({ logProb }) => Number(Math.exp(logProb).toFixed(6)))).toEqual([0.054, 0.048]);
    expect(sequences[0]?.score).toBeCloseTo(Math.log(0.054) / 4, 6);
  });

  test("yields its frontier, with parents, one model call per step", async () => {
    const { model, calls } = recorded(example);
    const steps = await collect(beamSearch(model, [0], search));
    const drawn = steps.map(({ running }) => running.map(({ tokens, parent }) => [tokens.join(" "), parent]));
    expect(drawn).toEqual([
      [
        ["0 1", 0],
        ["0 2", 0],
      ],
      [
        ["0 1 2", 0],
        ["0 1 3", 0],
      ],
      [
        ["0 1 3 2", 1],
        ["0 1 2 3", 0],
      ],
      [],
    ]);
    expect(calls.map((prefixes) => prefixes.length)).toEqual([1, 2, 2, 2]);
    expect(steps.at(-1)?.finished.map(({ finishReason }) => finishReason)).toEqual(["stop", "stop"]);
  });

  test.each([
    // A finished beam after one token: 0.1 = <eos>, and after two: 0.5 * 0.2 = A <eos>.
    { lengthPenalty: 0, best: [1, eos] },
    { lengthPenalty: 1, best: [1, 3, 2, eos] },
    { lengthPenalty: 3, best: [1, 3, 2, eos] },
  ])("a length penalty of $lengthPenalty prefers $best", async ({ lengthPenalty, best }) => {
    const options = { ...search, numBeams: 4, lengthPenalty, earlyStopping: "never" } as const;
    const [sequence] = await drain(beamSearch(example, [0], options));
    expect(sequence?.tokens).toEqual(best);
  });

  test("unfinished beams end with `length`, at maxNewTokens or a full context", async () => {
    const cut = await drain(beamSearch(example, [0], { ...search, maxNewTokens: 2 }));
    expect(cut.map(({ tokens, finishReason }) => [tokens, finishReason])).toEqual([
      [[1, 2], "length"],
      [[1, 3], "length"],
    ]);
    const short: LanguageModel = { ...example, contextLength: 3 };
    const [full] = await drain(beamSearch(short, [0, 1], { ...search, stopTokens: [], maxNewTokens: 9 }));
    expect(full).toMatchObject({ finishReason: "length" });
    expect(full?.tokens.length).toBe(2);
  });

  test("early stopping ends with the first `numBeams` finished sequences", async () => {
    const options = { ...search, maxNewTokens: 12, numBeams: 4 };
    const eager = await collect(beamSearch(example, [0], { ...options, earlyStopping: true }));
    const patient = await collect(beamSearch(example, [0], { ...options, earlyStopping: "never" }));
    expect(eager.length).toBeLessThan(patient.length);
    expect(eager.at(-1)?.finished.length).toBe(4);
  });
});

describe("laws", () => {
  test("a width-1 beam is greedy", async () => {
    const penalties = fc.constantFrom(0, 0.5, 1, 2);
    const property = fc.asyncProperty(smallModels(4), penalties, async (model, lengthPenalty) => {
      const greedy = await drain(decode(model, [0], { maxNewTokens: 5, stopTokens: [3] }));
      const options = { numBeams: 1, maxNewTokens: 5, stopTokens: [3], lengthPenalty };
      const [sequence] = await drain(beamSearch(model, [0], options));
      expect(sequence?.tokens).toEqual(greedy.tokens);
      expect(sequence?.logProb).toBeCloseTo(greedy.logProb, 10);
      expect(sequence?.finishReason).toBe(greedy.finishReason);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a wide enough beam is exhaustive search, for any length penalty", async () => {
    const penalties = fc.constantFrom(-1, 0, 0.7, 1, 2);
    const property = fc.asyncProperty(smallModels(3), penalties, async (model, lengthPenalty) => {
      const all = await everySequence(model, [0], 4, 2);
      const score = (found: Found) => found.logProb / found.tokens.length ** lengthPenalty;
      const best = Math.max(...all.map(score));
      const options = { numBeams: 81, maxNewTokens: 4, stopTokens: [2], lengthPenalty };
      const found = await drain(beamSearch(model, [0], { ...options, earlyStopping: "never" }));
      expect(found[0]?.score).toBeCloseTo(best, 10);
      expect(found.length).toBe(all.length);
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test("frontiers are sorted, no wider than the beam, and each beam continues its parent", async () => {
    const property = fc.asyncProperty(
      smallModels(4),
      fc.integer({ min: 1, max: 5 }),
      async (model, numBeams) => {
        let before: readonly { tokens: Tokens }[] = [{ tokens: [0] }];
        for await (const step of beamSearch(model, [0], { numBeams, maxNewTokens: 5, stopTokens: [3] })) {
          for (const beams of [step.running, step.finished])
            expect(beams.length).toBeLessThanOrEqual(numBeams);
          const logProbs = step.running.map(({ logProb }) => logProb);
          const scores = step.finished.map(({ score }) => score);
          for (const list of [logProbs, scores]) expect(list).toEqual([...list].sort((a, b) => b - a));
          for (const beam of step.running) {
            expect(beam.tokens).toEqual([...(before[beam.parent] as { tokens: Tokens }).tokens, beam.token]);
          }
          before = step.running;
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

describe("recorded from Hugging Face", () => {
  const file = new URL("../../golden/beam/beams.json", import.meta.url);
  const record: {
    prompt: number[];
    maxNewTokens: number;
    stopTokens: number[];
    rows: Record<string, number[]>;
    cases: { options: Partial<BeamOptions>; sequences: { tokens: number[]; score: number }[] }[];
  } = JSON.parse(readFileSync(file, "utf8"));
  const model: LanguageModel = {
    ...example,
    vocabSize: 5,
    nextLogits: async (prefixes) =>
      prefixes.map((prefix) => Float32Array.from(record.rows[prefix.join(" ")] as number[])),
  };

  test.each(record.cases)("$options", async ({ options, sequences }) => {
    const { prompt, maxNewTokens, stopTokens } = record;
    const found = await drain(
      beamSearch(model, prompt, { numBeams: 1, maxNewTokens, stopTokens, ...options }),
    );
    expect(found.map(({ tokens }) => tokens)).toEqual(sequences.map(({ tokens }) => tokens));
    for (const [index, { score }] of sequences.entries()) expect(found[index]?.score).toBeCloseTo(score, 4);
  });
});

describe("errors", () => {
  test.each([{ numBeams: 0 }, { numBeams: 1.5 }, { maxNewTokens: 0 }, { lengthPenalty: Number.NaN }])(
    "refuses %o",
    async (options) => {
      await expect(collect(beamSearch(example, [0], { ...search, ...options }))).rejects.toThrow(OptionError);
    },
  );

  test("an empty prompt, an aborted signal", async () => {
    await expect(collect(beamSearch(example, [], search))).rejects.toThrow(PromptError);
    const reason = new Error("enough");
    const aborted = beamSearch(example, [0], { ...search, signal: AbortSignal.abort(reason) });
    await expect(collect(aborted)).rejects.toBe(reason);
  });
});

interface Found {
  readonly tokens: Tokens;
  readonly logProb: number;
}

/** Every sequence that ends with the stop token or after `depth` tokens. */
async function everySequence(
  model: LanguageModel,
  prompt: Tokens,
  depth: number,
  stop: number,
): Promise<Found[]> {
  const [row] = await model.nextLogits([prompt]);
  const found: Found[] = [];
  for (const [token, logProb] of logSoftmax(row as Float32Array).entries()) {
    if (token === stop || depth === 1) found.push({ tokens: [token], logProb });
    else {
      for (const rest of await everySequence(model, [...prompt, token], depth - 1, stop)) {
        found.push({ tokens: [token, ...rest.tokens], logProb: logProb + rest.logProb });
      }
    }
  }
  return found;
}

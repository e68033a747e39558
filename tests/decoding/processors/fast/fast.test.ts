import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../../../lib/core/drain.js";
import { LogitsError } from "../../../../lib/core/errors.js";
import { seededRandom } from "../../../../lib/core/random.js";
import { logSumExp } from "../../../../lib/core/rows.js";
import type { LanguageModel, Tokens } from "../../../../lib/core/types.js";
import {
  type Chain,
  chain,
  createChain,
  decode,
  decodeRecipe,
  epsilon,
  eta,
  greedy,
  type LogitsProcessor,
  minP,
  multinomial,
  named,
  type ProcessorConfig,
  type Sampler,
  temperature,
  topK,
  topNSigma,
  topP,
  typical,
} from "../../../../lib/decoding/index.js";
import { fastChain } from "../../../../lib/decoding/processors/fast/chain.js";
import { choose } from "../../../../lib/decoding/processors/fast/choose.js";
import { expand } from "../../../../lib/decoding/processors/fast/row.js";
import { selectBest } from "../../../../lib/decoding/processors/fast/select.js";
import { configArbitrary, rowArbitrary, tokensArbitrary, vocabSize } from "../arbitraries.js";
import { contextWith, ruledOut } from "../context.js";

const chainArbitrary = fc.array(configArbitrary, { maxLength: 5 });
const attempt = <T>(run: () => T) => {
  try {
    return run();
  } catch (error) {
    if (error instanceof LogitsError) return "nothing is left";
    throw error;
  }
};

/** The chain, with a stage of a caller's own in the middle that looks at which token has which score. */
function withOwnStage(made: Chain): Chain {
  const own = named("own", (logits) => logits.map((score, token) => score + (token % 3)));
  const middle = Math.floor(made.stages.length / 2);
  return chain([...made.stages.slice(0, middle), own, ...made.stages.slice(middle)]);
}

describe("the fast chain agrees with the readable one, bit for bit", () => {
  const makers = { "as it is": (made: Chain) => made, "with a stage of the caller's": withOwnStage };

  test.each(Object.entries(makers))("%s", (_, make) => {
    const rows = fc.array(rowArbitrary, { minLength: 1, maxLength: 3 });
    const property = fc.property(
      chainArbitrary,
      rows,
      tokensArbitrary,
      fc.nat(),
      (configs, rows, tokens, seed) => {
        const { prompt, generated } = tokens;
        const create = () => {
          const context = contextWith({ vocabSize, prompt, endTokens: [3], random: seededRandom(4) });
          return make(createChain(configs, context));
        };
        const [readable, fast] = [create(), fastChain(create())];
        const [sampleReadable, sampleFast] = [
          multinomial(seededRandom(seed)),
          multinomial(seededRandom(seed)),
        ];
        let sofar: Tokens = [...prompt, ...generated];
        for (const row of rows) {
          const before = row.slice();
          const expected = attempt(() => readable(row, sofar));
          const actual = attempt(() => fast(row, sofar));
          expect(row).toEqual(before);
          if (typeof expected === "string" || typeof actual === "string") {
            const left = (result: typeof expected | typeof actual) =>
              typeof result === "string" ||
              [...("scores" in result ? result.scores : result)].every(isRuledOut);
            expect(left(actual)).toBe(left(expected));
            return;
          }
          expect(expand(actual, vocabSize)).toEqual(expected);
          if (expected.every(isRuledOut)) return;
          const token = sampleReadable(expected);
          const chosen = choose(sampleFast, actual, vocabSize);
          expect(chosen).toEqual({ token, logProb: expected[token] - logSumExp(expected) });
          sofar = [...sofar, token];
        }
      },
    );
    fc.assert(property, { numRuns: 1500 });
  });
});

const isRuledOut = (score: number) => score === ruledOut;

describe("selectBest", () => {
  test.each([
    { scores: [1, 3, 2, 3], count: 1, best: [1, 3] },
    { scores: [1, 3, 2, 3], count: 3, best: [1, 2, 3] },
    { scores: [1, ruledOut, 2, ruledOut], count: 3, best: [0, 2] },
    { scores: [5, 4, 3, 2, 1, 0, 4], count: 2, best: [0, 1, 6] },
    { scores: [1, 2], count: 9, best: [0, 1] },
  ])("$count of $scores: $best", ({ scores, count, best }) => {
    expect([...selectBest(Float32Array.from(scores), count)]).toEqual(best);
  });

  test("finds the ties that a division makes, however small or close the scores are", () => {
    const close = Float32Array.of(1, 1 + 2 ** -23, 1 - 2 ** -24, 1 + 2 ** -22);
    const tiny = Float32Array.of(1.4e-45, 0, -1.4e-45, 2.8e-45, -1);
    for (const row of [close, tiny, close.map((score) => -score)]) {
      for (const t of [3, 0.7, 1.1, 1000, 900_000]) {
        for (const k of [1, 2, 3]) {
          const process = chain([temperature(t), topK(k)]);
          expect(expand(fastChain(process)(row, []), row.length)).toEqual(process(row, []));
        }
      }
    }
  });

  test("law: ordered, large and random rows, with and without a temperature", () => {
    const random = seededRandom(8);
    const large = Float32Array.from({ length: 20_001 }, () => Math.fround((random.next() - 0.5) * 40));
    const coarse = large.map((score) => Math.round(score * 4) / 4);
    for (const row of [large, coarse, large.slice().sort(), large.slice().sort().reverse()]) {
      for (const k of [1, 50, 1000]) {
        for (const stages of [[topK(k)], [temperature(0.7), topK(k)], [temperature(1e9), topK(k)]]) {
          const process = chain(stages);
          expect(expand(fastChain(process)(row, []), row.length)).toEqual(process(row, []));
        }
      }
    }
  });

  test("refuses NaN wherever it stands, as the readable topK does", () => {
    for (const at of [0, 3, 9]) {
      const row = Float32Array.from({ length: 10 }, (_, token) => token);
      row[at] = Number.NaN;
      expect(() => selectBest(row, 2)).toThrow(`the score of token ${at} is NaN`);
      expect(() => topK(2)(row, [])).toThrow(`the score of token ${at} is NaN`);
    }
  });
});

test("filters that weigh scores select what the readable ones keep, in large rows, peaked and flat", () => {
  const random = seededRandom(9);
  const spread = (width: number) =>
    Float32Array.from({ length: 5001 }, () => Math.fround((random.next() - 0.5) * width));
  const coarse = spread(20).map((score) => Math.round(score * 4) / 4);
  const sparse = spread(30).map((score, token) => (token % 3 === 0 ? score : ruledOut));
  const bytes = (row: Float32Array) => Buffer.from(row.buffer);
  for (const row of [spread(60), spread(8), spread(0.1), coarse, sparse]) {
    for (const filter of [
      topP(0.9),
      topP(0.3, { rule: "atMost" }),
      topP(1),
      topP(0, { minTokensToKeep: 3 }),
      topP(0.5, { minTokensToKeep: 3000 }),
      topP(0, { rule: "atMost", minTokensToKeep: 2 }),
      minP(0.05),
      minP(0),
      epsilon(3e-4),
      eta(2e-3),
      topNSigma(1.5),
      typical(0.9),
    ]) {
      for (const process of [chain([filter]), chain([temperature(0.7), filter, temperature(2), topK(5)])]) {
        const kept = expand(fastChain(process)(row, []), row.length);
        expect(bytes(kept).equals(bytes(process(row, [])))).toBe(true);
      }
    }
  }
});

describe("in a decode", () => {
  /** Scores that depend on the tokens so far. */
  const model: LanguageModel = {
    vocabSize,
    contextLength: 99,
    nextLogits: async (prefixes) =>
      prefixes.map((prefix) => {
        const random = seededRandom(prefix.reduce((hash, token) => (hash * 31 + token + 1) % 1_000_003, 7));
        return Float32Array.from({ length: vocabSize }, () => (random.next() - 0.5) * 8);
      }),
    allLogits: async () => [],
    dispose: async () => {},
  };

  test("a trace shows the tokens that are generated without one", async () => {
    const processors: ProcessorConfig[] = [
      { type: "repetitionPenalty", penalty: 1.3 },
      { type: "temperature", t: 0.9 },
      { type: "topK", k: 12 },
      { type: "frequencyPenalty", penalty: 0.2 },
      { type: "xtc", probability: 0.5, threshold: 0.1 },
      { type: "topP", p: 0.95 },
    ];
    const steered: ProcessorConfig[] = [...processors, { type: "mirostat", tau: 3 }];
    for (const method of ["greedy", "sample"] as const) {
      const chain = method === "sample" ? steered : processors;
      const recipe = { method, maxNewTokens: 30, seed: 6, processors: chain };
      const run = (keepRows: boolean) =>
        collect(decodeRecipe(model, { endTokens: [] }, [1, 2], recipe, { keepRows }));
      const traced = await run(true);
      expect(traced.length).toBe(30);
      expect(await run(false)).toEqual(traced.map(({ rows: _, ...step }) => step));
    }
  });

  test("a stage or sampler that keeps its rows finds them unchanged", async () => {
    const kept: Float32Array[] = [];
    const copies: Float32Array[] = [];
    const keep = (row: Float32Array) => {
      kept.push(row);
      copies.push(row.slice());
      return row;
    };
    const spy: LogitsProcessor = (logits) => keep(logits);
    const best = greedy();
    const sample: Sampler = (logits) => best(keep(logits));
    const process = chain([temperature(0.5), spy, temperature(2), topK(3)]);
    for (const stages of [process, temperature(0.5)]) {
      await collect(decode(model, [1], { maxNewTokens: 5, process: stages, sample }));
    }
    expect(kept.length).toBe(15);
    expect(kept).toEqual(copies);
    expect(kept.every((row) => row.length === vocabSize)).toBe(true);
  });
});

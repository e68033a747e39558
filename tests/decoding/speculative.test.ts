import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";
import { OptionError } from "../../lib/core/errors.js";
import { seededRandom } from "../../lib/core/random.js";
import { softmax } from "../../lib/core/rows.js";
import type { LanguageModel, Tokens } from "../../lib/core/types.js";
import {
  decodeRecipe,
  type ProcessorConfig,
  type Recipe,
  type Step,
  temperature,
} from "../../lib/decoding/index.js";
import { rejectionVerifier } from "../../lib/decoding/speculative/rejection.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { arithmeticModel, chiSquaredDeviation } from "./arithmetic.js";
import { recorded, smallModels } from "./models.js";

const vocabulary = { endTokens: [3] };
const run = (model: LanguageModel, recipe: Recipe, draft?: LanguageModel, prompt: Tokens = [0]) =>
  drain(decodeRecipe(model, vocabulary, prompt, recipe, draft && { draft }));
const steps = (model: LanguageModel, recipe: Recipe, draft?: LanguageModel) =>
  collect(decodeRecipe(model, vocabulary, [0], recipe, { keepRows: true, ...(draft && { draft }) }));

/** Steps and sequences without what only guessing methods add. */
const plain = (items: readonly object[]) =>
  items.map((item) => ({ ...item, guessed: undefined, acceptance: undefined }));

describe("promptLookup", () => {
  const processors: ProcessorConfig[] = [
    { type: "temperature", t: 0.8 },
    { type: "topP", p: 0.95 },
  ];

  test("law: the very steps of greedy, rows and all", async () => {
    const property = fc.asyncProperty(
      smallModels(4),
      fc.integer({ min: 1, max: 4 }),
      async (model, numTokens) => {
        const common = { maxNewTokens: 12, processors };
        const expected = await steps(model, { method: "greedy", ...common });
        const found = await steps(model, { method: "promptLookup", numTokens, ...common });
        expect(plain(found)).toEqual(plain(expected));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("law: the very sequences of sample with the same seed, several side by side", async () => {
    const property = fc.asyncProperty(smallModels(4), fc.nat(1000), async (model, seed) => {
      const common = { maxNewTokens: 12, numReturnSequences: 3, seed, processors };
      const expected = await run(model, { method: "sample", ...common });
      const found = await run(model, { method: "promptLookup", doSample: true, ...common });
      expect(plain(found)).toEqual(plain(expected));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a text that repeats itself takes fewer calls, and says so", async () => {
    // Counts 4 5 6 7 and begins again.
    const circle = tableModel({ vocabSize: 8, otherwise: (prefix) => oneHot(8, next(prefix)) });
    const { model, calls } = recorded(circle);
    const [sequence] = await run(
      model,
      { method: "promptLookup", maxNewTokens: 30, numTokens: 6 },
      undefined,
      [4],
    );
    expect(sequence?.tokens.slice(0, 6)).toEqual([5, 6, 7, 4, 5, 6]);
    expect(sequence?.tokens.length).toBe(30);
    const { guessed, accepted, rate } = sequence?.acceptance ?? { guessed: 0, accepted: 0, rate: 0 };
    expect(sequence?.acceptance?.calls).toBe(calls.length);
    expect(calls.length).toBeLessThan(12);
    expect(accepted).toBe(30 - calls.length);
    expect(rate).toBe(accepted / guessed);
    // A draft's prefixes go out together, and each is one token longer.
    const lengths = calls.at(-2)?.map((prefix) => prefix.length) as number[];
    expect(lengths.length).toBeGreaterThan(1);
    for (const [at, length] of lengths.entries()) expect(length).toBe((lengths[0] as number) + at);
  });

  test("guesses neither beyond the cap nor beyond the context", async () => {
    const circle = tableModel({
      vocabSize: 8,
      contextLength: 20,
      otherwise: (prefix) => oneHot(8, next(prefix)),
    });
    const { model, calls } = recorded(circle);
    const [full] = await run(model, { method: "promptLookup", maxNewTokens: 90 }, undefined, [4, 5]);
    const [greedy] = await run(circle, { method: "greedy", maxNewTokens: 90 }, undefined, [4, 5]);
    expect(plain([full as object])).toEqual(plain([greedy as object]));
    expect(Math.max(...calls.flat().map((prefix) => prefix.length))).toBe(20);
  });
});

describe("speculative", () => {
  test("law: greedy's tokens, whatever the draft", async () => {
    const property = fc.asyncProperty(
      smallModels(4),
      smallModels(4),
      fc.integer({ min: 1, max: 5 }),
      async (model, draft, numAssistantTokens) => {
        const expected = await steps(model, { method: "greedy", maxNewTokens: 10 });
        const settings = { numAssistantTokens, assistantConfidenceThreshold: 0, maxNewTokens: 10 };
        const found = await steps(model, { method: "speculative", ...settings }, draft);
        expect(plain(found)).toEqual(plain(expected));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test.each([
    { name: "promptLookup", doubt: 0, processors: [] },
    { name: "speculative", doubt: 0, processors: [] },
    {
      name: "speculative",
      doubt: 0.4,
      processors: [
        { type: "temperature", t: 1.5 },
        { type: "topK", k: 3 },
      ],
    },
  ] as const)("sampling keeps the distribution: $name, threshold $doubt, $processors", async (setting) => {
    const { name, doubt, processors } = setting;
    // A look-up guesses only once one would have held: few words, longer texts.
    const { words, prompt, length } =
      name === "speculative"
        ? { words: 4, prompt: [1, 2, 1], length: 4 }
        : { words: 2, prompt: [0, 1, 0], length: 8 };
    const [model, draft] = [arithmeticModel(words), arithmeticModel(words)];
    const far: LanguageModel = {
      ...draft,
      nextLogits: (prefixes) => draft.nextLogits(prefixes.map((prefix) => [...prefix, 2])),
    };
    const guessing =
      name === "speculative"
        ? { method: name, numAssistantTokens: 3, assistantConfidenceThreshold: doubt }
        : { method: name };
    const counts = new Map<string, number>();
    const [rounds, side] = [1000, 20];
    let accepted = 0;
    let rejected = 0;
    for (let seed = 0; seed < rounds; seed++) {
      const recipe = {
        ...guessing,
        doSample: true,
        numReturnSequences: side,
        maxNewTokens: length,
        seed,
        processors,
      };
      for (const { tokens, acceptance } of await run(model, recipe, far, prompt)) {
        const text = tokens.join(" ");
        counts.set(text, (counts.get(text) ?? 0) + 1);
        accepted += acceptance?.accepted ?? 0;
        rejected += (acceptance?.guessed ?? 0) - (acceptance?.accepted ?? 0);
      }
    }
    const exact = await distribution(model, prompt, length, processors.length > 0);
    const keys = [...exact.keys()];
    for (const key of counts.keys()) expect(exact.get(key)).toBeGreaterThan(0);
    const deviation = chiSquaredDeviation(
      keys.map((key) => counts.get(key) ?? 0),
      keys.map((key) => (exact.get(key) as number) * rounds * side),
    );
    expect(deviation).toBeLessThan(4);
    expect(deviation).toBeGreaterThan(-4);
    expect(Math.min(accepted, rejected)).toBeGreaterThan(1000);
  });

  test("accepts as often as the two distributions overlap", async () => {
    const [wanted, drafted] = [
      [0.5, 0.3, 0.2, 0],
      [0.1, 0.3, 0.3, 0.3],
    ];
    const [model, draft] = [wanted, drafted].map((otherwise) => tableModel({ vocabSize: 4, otherwise }));
    const settings = { numAssistantTokens: 1, assistantConfidenceThreshold: 0, maxNewTokens: 60 };
    const recipe: Recipe = { method: "speculative", doSample: true, numReturnSequences: 20, ...settings };
    const sequences = await run(model as LanguageModel, recipe, draft);
    const guessed = sequences.reduce((sum, { acceptance }) => sum + (acceptance?.guessed ?? 0), 0);
    const accepted = sequences.reduce((sum, { acceptance }) => sum + (acceptance?.accepted ?? 0), 0);
    const overlap = 0.1 + 0.3 + 0.2;
    expect(guessed).toBeGreaterThan(500);
    expect(Math.abs(accepted / guessed - overlap)).toBeLessThan(
      4 * Math.sqrt((overlap * (1 - overlap)) / guessed),
    );
  });

  test("a perfect draft is accepted whole, and stops where it is in doubt", async () => {
    const { model } = beamExample();
    const recipe: Recipe = { method: "speculative", assistantConfidenceThreshold: 0, maxNewTokens: 4 };
    const [sequence] = await drain(decodeRecipe(model, { endTokens: [4] }, [0], recipe, { draft: model }));
    expect(sequence).toMatchObject({ tokens: [1, 2, 3, 4], finishReason: "stop" });
    expect(sequence?.acceptance).toEqual({ guessed: 3, accepted: 3, rate: 1, calls: 1 });
    const { model: watched, calls } = recorded(model);
    // A has probability 0.5, B after it 0.4: the draft ends with B.
    const doubtful: Recipe = { ...recipe, assistantConfidenceThreshold: 0.45 };
    await drain(decodeRecipe(watched, { endTokens: [4] }, [0], doubtful, { draft: model }));
    expect(calls[0]).toEqual([[0], [0, 1], [0, 1, 2]]);
  });

  test("a row where draft and model agree never leaves the verifier without a token", () => {
    const row = Float32Array.of(0, 1, 2);
    const never = { next: () => 1 - 2 ** -53 };
    for (const token of [0, 1, 2]) {
      expect([0, 1, 2]).toContain(
        rejectionVerifier(never)(
          row,
          token,
          row.map((score) => score - 5),
        ),
      );
    }
    const impossible = Float32Array.of(Number.NEGATIVE_INFINITY, 0, 0);
    for (let seed = 0; seed < 50; seed++) {
      expect(rejectionVerifier(seededRandom(seed))(impossible, 0, row)).not.toBe(0);
    }
  });
});

describe("errors", () => {
  const { model } = beamExample();
  test.each([
    [{ method: "speculative" }, undefined, "`draft` must be a smaller language model"],
    [{ method: "speculative" }, tableModel({ vocabSize: 2, otherwise: [0.5, 0.5] }), "the same 5 tokens"],
    [{ method: "speculative", assistantConfidenceThreshold: 2 }, model, "a number from 0 to 1, but is 2"],
    [{ method: "promptLookup", numTokens: 0 }, undefined, "`numTokens` must be a whole number from 1"],
    [{ method: "promptLookup", numReturnSequences: 2 }, undefined, "must be 1 unless `doSample` is true"],
    [{ method: "promptLookup", doSample: "yes" }, undefined, "`doSample` must be true or false"],
  ])("refuses %j", async (recipe, draft, message) => {
    const failing = run(model, recipe as unknown as Recipe, draft);
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow(message);
  });

  test("stops on a signal between the tokens of one round", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const options = { draft: model, signal: controller.signal };
    const recipe = { method: "speculative", assistantConfidenceThreshold: 0 } as const;
    const generator = decodeRecipe(model, { endTokens: [] }, [0], recipe, options);
    expect(((await generator.next()).value as Step).guessed).toBe(true);
    controller.abort(reason);
    await expect(generator.next()).rejects.toBe(reason);
  });
});

function oneHot(size: number, token: number): number[] {
  return Array.from({ length: size }, (_, index) => (index === token ? 1 : 0));
}

function next(prefix: Tokens): number {
  return 4 + (((prefix.at(-1) as number) - 3) % 4);
}

/** The probability of every sequence of `length` tokens, or fewer with the end token 3 as the last. */
async function distribution(
  model: LanguageModel,
  prompt: Tokens,
  length: number,
  warped: boolean,
): Promise<Map<string, number>> {
  const all = new Map<string, number>();
  const walk = async (tokens: number[], probability: number): Promise<void> => {
    if (tokens.length === length || tokens.at(-1) === 3) {
      all.set(tokens.join(" "), probability);
      return;
    }
    const [raw] = await model.nextLogits([[...prompt, ...tokens]]);
    let row = raw as Float32Array;
    if (warped) {
      row = temperature(1.5)(row, []);
      const third = [...row].sort((a, b) => b - a)[2] as number;
      row = row.map((score) => (score < third ? Number.NEGATIVE_INFINITY : score));
    }
    for (const [token, share] of softmax(row).entries()) {
      if (share > 0) await walk([...tokens, token], probability * share);
    }
  };
  await walk([], 1);
  return all;
}

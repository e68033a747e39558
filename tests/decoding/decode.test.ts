import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";
import { LogitsError, OptionError, PromptError } from "../../lib/core/errors.js";
import { seededRandom } from "../../lib/core/random.js";
import { logSoftmax } from "../../lib/core/rows.js";
import type { LanguageModel } from "../../lib/core/types.js";
import {
  chain,
  type DecodeOptions,
  decode,
  multinomial,
  named,
  type Step,
  type StepRows,
  temperature,
  topK,
  topP,
} from "../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../lib/models/table/index.js";
import { recorded, smallModels } from "./models.js";

const { model: example } = beamExample();
const bos = 0;
const eos = 4;

describe("decode", () => {
  test("greedy writes D2L's A B C <eos> with probability 0.048", async () => {
    const steps: Step[] = [];
    const options = { maxNewTokens: 10, stopTokens: [eos] };
    const sequence = await drain(decode(example, [bos], options), (step) => void steps.push(step));
    expect(steps.map(({ token }) => token)).toEqual([1, 2, 3, eos]);
    expect(steps.map(({ tokens }) => tokens)).toEqual([
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, eos],
    ]);
    expect(steps.map(({ finishReason }) => finishReason)).toEqual([undefined, undefined, undefined, "stop"]);
    expect(sequence.tokens).toEqual([1, 2, 3, eos]);
    expect(Math.exp(sequence.logProb)).toBeCloseTo(0.048, 7);
    expect(sequence.score).toBe(sequence.logProb);
    expect(sequence.finishReason).toBe("stop");
  });

  test.each([
    { name: "maxNewTokens", model: example, prompt: [bos], maxNewTokens: 2, tokens: [1, 2] },
    // The token after the last readable position can still be predicted.
    { name: "the context", model: shortModel(3), prompt: [0], maxNewTokens: 9, tokens: [1, 1, 1] },
    {
      name: "a context that the prompt fills",
      model: shortModel(3),
      prompt: [0, 1, 1],
      maxNewTokens: 9,
      tokens: [1],
    },
  ])("ends with `length` at the end of $name", async ({ model, prompt, maxNewTokens, tokens }) => {
    const sequence = await drain(decode(model, prompt, { maxNewTokens }));
    expect(sequence).toMatchObject({ tokens, finishReason: "length" });
  });

  test("a stop token on the last allowed step is a stop", async () => {
    const sequence = await drain(decode(example, [bos], { maxNewTokens: 4, stopTokens: [eos] }));
    expect(sequence.finishReason).toBe("stop");
  });

  test("carries the rows of each stage if asked, and the log-probability under the last", async () => {
    const process = chain([temperature(0.5), topK(2)]);
    const [step] = await collect(decode(example, [bos], { maxNewTokens: 1, process, keepRows: true }));
    const { raw, stages, processed } = (step as Step).rows as StepRows;
    expect(raw[1]).toBeCloseTo(Math.log(0.5), 6);
    expect(stages.map(({ name }) => name)).toEqual(["temperature", "topK"]);
    expect(stages[0]?.logits[1]).toBeCloseTo(2 * Math.log(0.5), 6);
    expect(processed).toBe(stages[1]?.logits);
    expect(step?.logProb).toBeCloseTo(logSoftmax(processed)[1] as number, 12);
    const [plain] = await collect(decode(example, [bos], { maxNewTokens: 1, process }));
    expect(plain).not.toHaveProperty("rows");
    expect(plain?.logProb).toBe(step?.logProb);
  });

  test("stops reading the model when the caller stops iterating", async () => {
    const { model, calls } = recorded(example);
    for await (const step of decode(model, [bos], { maxNewTokens: 10 })) {
      if (step.tokens.length === 3) break;
    }
    expect(calls).toEqual([[[0]], [[0, 1]]]);
  });

  test("steps and the prompt share nothing that changes", async () => {
    const prompt = [bos];
    const generator = decode(example, prompt, { maxNewTokens: 3 });
    const first = (await generator.next()).value as Step;
    prompt.push(99);
    await generator.next();
    expect(first.tokens).toEqual([0, 1]);
  });
});

describe("laws", () => {
  test("seeded sampling repeats itself; its log-probabilities are the processed model's", async () => {
    const property = fc.asyncProperty(smallModels(4), fc.nat(1000), async (model, seed) => {
      const process = chain([temperature(1.3), topP(0.9)]);
      const run = () => {
        const sample = multinomial(seededRandom(seed));
        return collect(decode(model, [0], { maxNewTokens: 6, process, sample, stopTokens: [3] }));
      };
      const steps = await run();
      expect(await run()).toEqual(steps);
      for (const step of steps) {
        const prefix = step.tokens.slice(0, -1);
        const [raw] = await model.nextLogits([prefix]);
        const expected = logSoftmax(process(raw as Float32Array, prefix))[step.token];
        expect(step.logProb).toBeCloseTo(expected as number, 10);
        expect(step.finishReason !== undefined).toBe(step === steps.at(-1));
      }
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test("greedy is sampling with topK 1", async () => {
    const property = fc.asyncProperty(smallModels(5), async (model) => {
      const greedy = await drain(decode(model, [0], { maxNewTokens: 5 }));
      const sample = multinomial(seededRandom(1));
      const single: typeof sample = (logits) => {
        const tied = [...logits].filter((score) => score > Number.NEGATIVE_INFINITY).length;
        fc.pre(tied === 1);
        return sample(logits);
      };
      const sampled = await drain(decode(model, [0], { maxNewTokens: 5, process: topK(1), sample: single }));
      expect(sampled.tokens).toEqual(greedy.tokens);
    });
    await fc.assert(property, { numRuns: 30 });
  });
});

describe("errors", () => {
  const banAll = named("banAll", (logits) => new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY));
  const run = (options: Partial<DecodeOptions>, model: LanguageModel = example, prompt = [bos]) =>
    collect(decode(model, prompt, { maxNewTokens: 3, ...options }));

  test("a stage that rules everything out is named with its chain", async () => {
    const failing = run({ process: chain([temperature(2), banAll, topP(0.5)]) });
    await expect(failing).rejects.toThrow(LogitsError);
    await expect(failing).rejects.toThrow(
      "`banAll` left nothing to choose from after 1 tokens: every score is -Infinity: no token is left " +
        "(chain: temperature → banAll → topP)",
    );
  });

  test.each([
    {
      name: "NaN",
      score: Number.NaN,
      message: "the model's scores after 1 tokens are unusable: the score of token 1 is NaN",
    },
    { name: "-Infinity", score: Number.NEGATIVE_INFINITY, message: "every score is -Infinity" },
  ])("a model's row of $name is blamed on the model", async ({ score, message }) => {
    const model = rowModel(Float32Array.of(Number.NEGATIVE_INFINITY, score));
    for (const process of [chain([]), chain([topP(0.5)])]) {
      const failing = run({ process }, model);
      await expect(failing).rejects.toThrow(LogitsError);
      await expect(failing).rejects.toThrow(message);
    }
  });

  test("an error of the caller's own processor comes through as it is", async () => {
    const process = () => {
      throw new TypeError("my mistake");
    };
    await expect(run({ process })).rejects.toThrow(TypeError);
  });

  test.each([
    { prompt: [], message: "the prompt is empty" },
    { prompt: new Array(17).fill(1), message: "17 tokens, but the model reads at most 16" },
    { prompt: [0, 77], message: "token 77 at position 1" },
  ])("a prompt that can't be read: $message", async ({ prompt, message }) => {
    await expect(run({}, example, prompt)).rejects.toThrow(PromptError);
    await expect(run({}, example, prompt)).rejects.toThrow(message);
  });

  test.each([[0], [-1], [2.5], [Number.NaN]])("maxNewTokens of %s", async (maxNewTokens) => {
    await expect(run({ maxNewTokens })).rejects.toThrow(OptionError);
  });
});

describe("aborting", () => {
  const reason = new Error("closed the page");

  test("before the first step", async () => {
    const { model, calls } = recorded(example);
    const options = { maxNewTokens: 3, signal: AbortSignal.abort(reason) };
    await expect(collect(decode(model, [bos], options))).rejects.toBe(reason);
    expect(calls).toEqual([]);
  });

  test("between steps", async () => {
    const controller = new AbortController();
    const steps = decode(example, [bos], { maxNewTokens: 3, signal: controller.signal });
    await steps.next();
    controller.abort(reason);
    await expect(steps.next()).rejects.toBe(reason);
  });

  test("in the middle of a model call that never ends", async () => {
    const controller = new AbortController();
    const deaf: LanguageModel = { ...example, nextLogits: () => new Promise(() => {}) };
    const failing = collect(decode(deaf, [bos], { maxNewTokens: 3, signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 5);
    await expect(failing).rejects.toBe(reason);
  });
});

/** Always continues with token 1. */
function shortModel(contextLength: number): LanguageModel {
  return tableModel({ vocabSize: 2, otherwise: [0, 1], contextLength });
}

function rowModel(row: Float32Array): LanguageModel {
  const model = tableModel({ vocabSize: row.length, otherwise: [...row].map(() => 1 / row.length) });
  return { ...model, nextLogits: async (prefixes) => prefixes.map(() => row.slice()) };
}

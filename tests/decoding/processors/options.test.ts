import { describe, expect, test } from "vitest";
import { OptionError } from "../../../lib/core/errors.js";
import {
  badWords,
  createChain,
  decodeRecipe,
  detectWatermark,
  dry,
  forcedFirst,
  frequencyPenalty,
  generate,
  type ProcessorConfig,
  parseRecipe,
  presencePenalty,
  sequenceBias,
  suppressTokens,
} from "../../../lib/decoding/index.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { gpt2Tokenizer } from "../../../lib/tokenizers/index.js";
import { contextWith, kept, ruledOut, textTokenizer } from "./context.js";

const tokenizer = textTokenizer(["the", " the", " c", "at", " cat", "s"]);
const context = contextWith({ vocabSize: 6, tokenizer });
const row = new Float32Array(6);

describe("tokens as text", () => {
  test("are tokenized as they stand, with or without a space", () => {
    expect(kept(badWords(["the"], context)(row, [5]))).toEqual([1, 2, 3, 4, 5]);
    expect(kept(badWords(["the", " the", [5]], context)(row, [5]))).toEqual([2, 3, 4]);
    expect(kept(badWords([" cats"], context)(row, [5]))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(kept(badWords([" cats"], context)(row, [4]))).toEqual([0, 1, 2, 3, 4]);
    expect([...sequenceBias([["the cat", 3]], context)(row, [0])]).toEqual([0, 0, 0, 0, 3, 0]);
    expect(kept(suppressTokens([" the", 5], {}, context)(row, [0]))).toEqual([0, 2, 3, 4]);
    expect(kept(forcedFirst(" cat", context)(row, [0]))).toEqual([4]);
  });

  test("are what GPT-2's tokenizer makes of them: with a space and without are two words", async () => {
    const gpt2 = await gpt2Tokenizer();
    const own = contextWith({ vocabSize: gpt2.vocabSize, tokenizer: gpt2 });
    const scores = new Float32Array(gpt2.vocabSize);
    const [bare] = gpt2.encode("cat");
    const [spaced] = gpt2.encode(" cat");
    const left = badWords(["cat"], own)(scores, [0]);
    expect([left[bare], left[spaced]]).toEqual([ruledOut, 0]);
    const process = dry({ multiplier: 1 }, own);
    const words = gpt2.encode("one two three one two");
    expect(process(scores, words)[gpt2.encode(" three")[0]]).toBe(0); // "one" and " one" differ
    const again = gpt2.encode(" one two three one two");
    expect(process(scores, again)[gpt2.encode(" three")[0]]).toBe(-1);
    const broken = gpt2.encode(" one two three one:two");
    expect(kept(process(scores, broken)).length).toBe(gpt2.vocabSize);
    expect(process(scores, broken).every((score) => score === 0)).toBe(true);
  });

  test("work in a recipe", async () => {
    const processors: ProcessorConfig[] = [
      { type: "badWords", words: ["B"] },
      { type: "forcedEnd", token: "<eos>" },
    ];
    const recipe = { method: "greedy" as const, maxNewTokens: 4, processors };
    const { sequences } = await generate(beamExample(), "<bos>", recipe);
    expect(sequences).toMatchObject([{ tokens: [1, 3, 3, 4], text: "ACC", finishReason: "stop" }]);
  });

  test.each<[ProcessorConfig, string]>([
    [
      { type: "badWords", words: [[1], "the"] },
      "`processors[0].words[1]` must be given as token ids where a model is decoded",
    ],
    [
      { type: "sequenceBias", biases: [["the", 1]] },
      "`processors[0].biases[0][0]` must be given as token ids where",
    ],
    [
      { type: "suppressTokens", tokens: ["the"] },
      "`processors[0].tokens[0]` must be given as token ids where",
    ],
    [{ type: "forcedFirst", token: "the" }, "`processors[0].token` must be given as token ids where"],
    [{ type: "forcedEnd", token: "the" }, "`processors[0].token` must be given as token ids where"],
    [{ type: "dry", multiplier: 1 }, "`processors[0].breakers[0]` must be given as token ids where"],
  ])("%j needs a tokenizer", async (config, message) => {
    const { model } = beamExample();
    const recipe = { method: "greedy" as const, processors: [config] };
    const run = decodeRecipe(model, { endTokens: [4] }, [0], recipe).next();
    await expect(run).rejects.toThrow(OptionError);
    await expect(run).rejects.toThrow(message);
  });

  test.each<[ProcessorConfig, string]>([
    [
      { type: "forcedEnd", token: " cats" },
      "`processors[0].token` must be the text of one token (this is 2: 4, 5)",
    ],
    [
      { type: "suppressTokens", tokens: [6] },
      "`processors[0].tokens[0]` must be an id from 0 to 5, the model's vocabulary, but is 6",
    ],
    [
      { type: "badWords", words: [[0, 99]] },
      "must be made of ids from 0 to 5, the model's vocabulary, but is [0,99]",
    ],
  ])("%j is refused", (config, message) => {
    const { processors } = parseRecipe({ method: "greedy", processors: [config] });
    expect(() => createChain(processors, context)).toThrow(OptionError);
    expect(() => createChain(processors, context)).toThrow(message);
  });
});

describe("presence and frequency by hand", () => {
  const scores = Float32Array.of(1, 1, 1, 1);
  const prompt = [0, 0, 1];
  const tokens = [0, 0, 1, 2, 2, 2];

  test.each([
    { window: "all", presence: [0.5, 0.5, 0.5, 1], frequency: [0, 0.5, -0.5, 1] },
    { window: "generated", presence: [1, 1, 0.5, 1], frequency: [1, 1, -0.5, 1] },
    { window: 4, presence: [1, 0.5, 0.5, 1], frequency: [1, 0.5, -0.5, 1] },
  ] as const)("window $window", ({ window, presence, frequency }) => {
    expect([...presencePenalty(0.5, { window }, { prompt })(scores, tokens)]).toEqual(presence);
    expect([...frequencyPenalty(0.5, { window }, { prompt })(scores, tokens)]).toEqual(frequency);
  });
});

describe("ranges", () => {
  const between = "a number above 0 and below 1";
  test.each([
    [{ type: "minP", p: 1.5 }, "`processors[0].p` must be a number from 0 to 1, but is 1.5"],
    [{ type: "typical", mass: 1 }, `\`processors[0].mass\` must be ${between}, but is 1`],
    [{ type: "epsilon", cutoff: 0 }, `\`processors[0].cutoff\` must be ${between}, but is 0`],
    [{ type: "eta", cutoff: "a" }, `\`processors[0].cutoff\` must be ${between}, but is "a"`],
    [{ type: "topH", h: 0 }, "`processors[0].h` must be a number above 0, at most 1, but is 0"],
    [{ type: "topNSigma", n: 0 }, "`processors[0].n` must be a number above 0, but is 0"],
    [{ type: "dry" }, "`processors[0].multiplier` must be a number from 0, but is missing"],
    [{ type: "dry", multiplier: 1, base: 0.5 }, "`processors[0].base` must be a number from 1, but is 0.5"],
    [
      { type: "dry", multiplier: 1, breakers: "\n" },
      "`processors[0].breakers` must be a list of texts or lists",
    ],
    [
      { type: "xtc", probability: 2, threshold: 0.1 },
      "`processors[0].probability` must be a number from 0 to 1",
    ],
    [{ type: "mirostat", version: 3 }, "`processors[0].version` must be 1 or 2, but is 3"],
    [{ type: "mirostat", tau: 0 }, "`processors[0].tau` must be a number above 0, but is 0"],
    [
      { type: "dynamicTemperature", low: -1, high: 1 },
      "`processors[0].low` must be a number from 0, but is -1",
    ],
    [{ type: "repetitionPenalty", penalty: 0 }, "`processors[0].penalty` must be a number above 0, but is 0"],
    [
      { type: "repetitionPenalty", penalty: 1, window: 0 },
      '`processors[0].window` must be one of "all", "generated", or a whole number of tokens from 1, but is 0',
    ],
    [{ type: "presencePenalty", penalty: "x" }, '`processors[0].penalty` must be a number, but is "x"'],
    [{ type: "noRepeatNgram", size: 0 }, "`processors[0].size` must be a whole number from 1, but is 0"],
    [
      { type: "badWords", words: [] },
      "`processors[0].words` must be a list of at least one word, each a text or a list of",
    ],
    [
      { type: "badWords", words: [[]] },
      "`processors[0].words[0]` must be a text or a list of token ids, not empty",
    ],
    [{ type: "sequenceBias", biases: [[[1]]] }, "`processors[0].biases[0]` must be a pair [tokens, bias]"],
    [
      { type: "suppressTokens", tokens: [-1] },
      "`processors[0].tokens[0]` must be a token id or the text of one",
    ],
    [
      { type: "suppressTokens", tokens: [1], atBegin: 1 },
      "`processors[0].atBegin` must be true or false, but is 1",
    ],
    [{ type: "minNewTokens", n: -1 }, "`processors[0].n` must be a whole number from 0, but is -1"],
    [
      { type: "forcedFirst" },
      "`processors[0].token` must be a token id or the text of one token, but is missing",
    ],
    [
      { type: "exponentialDecayLength", start: 1, factor: 0 },
      "`processors[0].factor` must be a number above 0, but is 0",
    ],
    [
      { type: "watermark", greenlistRatio: 1 },
      `\`processors[0].greenlistRatio\` must be ${between}, but is 1`,
    ],
    [{ type: "watermark", seedingScheme: "left" }, "one of: lefthash, selfhash"],
  ])("%j", (config, message) => {
    const recipe = { method: "greedy", processors: [config] };
    expect(() => parseRecipe(recipe)).toThrow(OptionError);
    expect(() => parseRecipe(recipe)).toThrow(message);
  });

  test("low above high, and a text too short for the detector", () => {
    const config: ProcessorConfig = { type: "dynamicTemperature", low: 2, high: 1 };
    expect(() => createChain([config], context)).toThrow("`processors[0].low` must be at most `high`, 1");
    expect(() => detectWatermark([1], { vocabSize: 6 })).toThrow(
      "`tokens` must be more than `contextWidth` (1)",
    );
  });

  test("a pull to the end where there is none", () => {
    const config: ProcessorConfig = { type: "exponentialDecayLength", start: 2, factor: 1.1 };
    expect(() => createChain([config], { ...context, endTokens: [] })).toThrow(
      "`processors[0].type` must be left out: the model has no end token that it could make likelier",
    );
  });

  test.each([
    [[1, 6], {}, "`tokens[1]` must be a token of the vocabulary, from 0 to 5, but is 6"],
    [[1, 0.5], {}, "`tokens[1]` must be a token of the vocabulary, from 0 to 5, but is 0.5"],
    ["green", {}, '`tokens` must be a list of token ids, but is "green"'],
    [[1, 2], { vocabSize: 0 }, "`vocabSize` must be a whole number from 1, but is 0"],
    [[1, 2], { vocabSize: undefined }, "`vocabSize` must be a whole number from 1, but is missing"],
    [[1, 2], { threshold: "3" }, '`threshold` must be a number, but is "3"'],
    [[1, 2], { ignoreRepeatedNgrams: 1 }, "`ignoreRepeatedNgrams` must be true or false, but is 1"],
    [[1, 2], { treshold: 3 }, "(did you mean `threshold`?)"],
  ])("the detector refuses %j with %j", (tokens, options, message) => {
    const detect = () => detectWatermark(tokens as never, { vocabSize: 6, ...options } as never);
    expect(detect).toThrow(OptionError);
    expect(detect).toThrow(message);
  });
});

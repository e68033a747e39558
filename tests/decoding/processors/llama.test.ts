import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../../lib/core/random.js";
import { softmax } from "../../../lib/core/rows.js";
import { dry, dynamicTemperature, mirostat, multinomial, xtc } from "../../../lib/decoding/index.js";
import { contextWith, kept, ruledOut, scores, textTokenizer } from "./context.js";

const falling = [0.4, 0.3, 0.2, 0.1];
const always: Random = { next: () => 0 };

describe("dry by hand", () => {
  const context = contextWith({ vocabSize: 12, prompt: [1, 2, 3] });
  const penalties = (options: object, tokens: number[]) => {
    const config = { multiplier: 1, base: 2, allowedLength: 2, breakers: [], ...options };
    return [...dry(config, context)(new Float32Array(12), tokens)].map((score) => 0 - score);
  };
  const only = (entries: Record<number, number | undefined>) =>
    Array.from({ length: 12 }, (_, id) => entries[id] ?? 0);

  test.each([
    { name: "one token more doubles it", tokens: [1, 2, 3, 9, 1, 2, 3], options: {}, costs: { 9: 2 } },
    {
      name: "the longest repetition counts",
      tokens: [1, 2, 3, 9, 4, 2, 3, 9, 1, 2, 3],
      options: {},
      costs: { 9: 2 },
    },
    { name: "two followers", tokens: [1, 2, 3, 5, 2, 3, 6, 2, 3], options: {}, costs: { 5: 1, 6: 1 } },
    { name: "a repetition may overlap itself", tokens: [4, 4, 4, 4], options: {}, costs: { 4: 2 } },
    {
      name: "it ends at a breaker",
      tokens: [1, 2, 3, 9, 1, 2, 3],
      options: { breakers: [[1]] },
      costs: { 9: 1 },
    },
    {
      name: "a breaker too near leaves none",
      tokens: [1, 2, 3, 9, 1, 2, 3],
      options: { breakers: [[2]] },
      costs: {},
    },
    {
      name: "a breaker of two tokens",
      tokens: [7, 1, 2, 3, 9, 7, 1, 2, 3],
      options: { breakers: [[7, 1]] },
      costs: { 9: 1 },
    },
    {
      name: "the second token of a breaker alone is none",
      tokens: [7, 1, 2, 3, 9, 7, 1, 2, 3],
      options: { breakers: [[8, 1]] },
      costs: { 9: 4 },
    },
    {
      name: "the window forgets the first occurrence",
      tokens: [1, 2, 3, 9, 1, 2, 3],
      options: { window: 6 },
      costs: { 9: 1 },
    },
    {
      name: "the prompt doesn't count if it needn't",
      tokens: [1, 2, 3, 9, 1, 2, 3],
      options: { window: "generated" },
      costs: {},
    },
  ])("$name", ({ tokens, options, costs }) => {
    expect(penalties(options, tokens)).toEqual(only(costs));
  });

  test("a long repetition is penalised by a finite number", () => {
    const tokens = new Array(2000).fill(4);
    const after = dry({ multiplier: 1, base: 4, breakers: [] }, context)(new Float32Array(12), tokens);
    expect(after[4]).toBeLessThan(-1e38);
    expect(after[4]).toBeGreaterThan(ruledOut);
  });

  test("a breaker as text is every token that contains it or spells it", () => {
    const tokenizer = textTokenizer(["a", "b", "x\n", "en", "d.", "end", ".", "d"]);
    const run = (breakers: string[], tokens: number[]) => {
      const process = dry(
        { multiplier: 1, base: 2, allowedLength: 1, breakers },
        { vocabSize: 8, tokenizer, prompt: [] },
      );
      return kept(process(new Float32Array(8), tokens).map((score) => (score === 0 ? ruledOut : score)));
    };
    expect(run(["y"], [0, 1, 0])).toEqual([1]); // "y" is nowhere in the vocabulary, so nothing breaks
    expect(run(["\n"], [0, 2, 0])).toEqual([]); // "x\n" is a breaker, and so never penalised
    expect(run(["end."], [1, 0, 3, 4, 0])).toEqual([3]); // "en" "d." is found as one
    expect(run(["end."], [3, 4, 0, 3, 4])).toEqual([]); // nothing comes after the breaker yet
    expect(run(["end."], [5, 6, 0, 5, 6])).toEqual([]); // and so is "end" "."
    expect(run(["end."], [5, 7, 0, 5, 7])).toEqual([0]); // "end" "d" isn't
  });
});

describe("dynamicTemperature", () => {
  // Entropy of a half, a quarter and two eighths: 1.75 bits of 2, so a share of 0.875.
  const row = [0.5, 0.25, 0.125, 0.125];

  test.each([
    { low: 0.5, high: 1.5, exponent: 1, t: 1.375 },
    { low: 0.5, high: 1.5, exponent: 2, t: 0.5 + 0.875 ** 2 },
    { low: 1, high: 1, exponent: 1, t: 1 },
  ])("from $low to $high, exponent $exponent: $t", ({ t, ...options }) => {
    const after = dynamicTemperature(options)(scores([...row, 0]), []);
    for (const [token, probability] of row.entries()) {
      expect(after[token]).toBeCloseTo(Math.log(probability) / t, 5);
    }
    expect(after[4]).toBe(ruledOut);
  });

  test("an even row gets the high temperature, a single token stays, 0 leaves the best", () => {
    const process = dynamicTemperature({ low: 0, high: 2 });
    expect(process(Float32Array.of(-3, -3), [])).toEqual(Float32Array.of(-1.5, -1.5));
    expect(process(Float32Array.of(ruledOut, -3), [])).toEqual(Float32Array.of(ruledOut, -3));
    for (const sure of [2000, 130]) {
      expect(process(Float32Array.of(0, sure), [])).toEqual(Float32Array.of(ruledOut, sure));
    }
  });
});

describe("xtc", () => {
  test("acts as often as it is told", () => {
    const process = xtc({ probability: 0.3, threshold: 0.15 }, seededRandom(5));
    const rounds = 4000;
    let acted = 0;
    for (let i = 0; i < rounds; i++) if (kept(process(scores(falling), [])).length === 2) acted++;
    expect(Math.abs(acted / rounds - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / rounds));
  });

  test("never and always", () => {
    const never = xtc({ probability: 0, threshold: 0.1 }, always);
    expect(kept(never(scores(falling), []))).toEqual([0, 1, 2, 3]);
    const last = xtc({ probability: 1, threshold: 0.2 }, { next: () => 1 - 2 ** -53 });
    expect(kept(last(scores([0.3, 0.3, 0.3, 0.1]), []))).toEqual([2, 3]); // of equals the highest id stays
  });
});

describe("mirostat", () => {
  // 1, 2, 3 and 3 bits.
  const row = scores([0.5, 0.25, 0.125, 0.125]);

  test.each([
    // mu = 2.2 keeps two tokens of 2/3 and 1/3: 0.585 and 1.585 bits.
    { eta: 1, chosen: 0, mu: "2.715", left: [0, 1] },
    { eta: 1, chosen: 1, mu: "1.715", left: [0] },
    { eta: 2, chosen: 0, mu: "3.230", left: [0, 1, 2, 3] },
    { eta: 9, chosen: 1, mu: "-2.165", left: [0] },
  ])("version 2, eta $eta, after token $chosen: mu $mu leaves $left", ({ eta, chosen, left }) => {
    const process = mirostat({ version: 2, tau: 1.1, eta });
    expect(kept(process(row, [7]))).toEqual([0, 1]);
    expect(kept(process(row, [7, chosen]))).toEqual(left);
  });

  test.each([
    // Zipf's law with exponent 2 over 40 tokens: k = (2^(2 tau) / (1 - 1/40)) ^ (1/2).
    { tau: 3, left: 8 },
    { tau: 2, left: 4 },
    { tau: 0.1, left: 1 },
  ])("version 1 with tau $tau keeps $left tokens", ({ tau, left }) => {
    const zipf = Float32Array.from({ length: 40 }, (_, rank) => -2 * Math.log(rank + 1));
    expect(kept(mirostat({ version: 1, tau })(zipf, [])).length).toBe(left);
  });

  test("version 1 copes with an exponent of 1, a flat row and a single token", () => {
    const harmonic = Float32Array.from({ length: 40 }, (_, rank) => -Math.log(rank + 1));
    expect(kept(mirostat({ version: 1, tau: 2 })(harmonic, [])).length).toBe(Math.floor(16 / Math.log(40)));
    expect(kept(mirostat({ version: 1, tau: 2 })(new Float32Array(40), [])).length).toBeGreaterThan(0);
    expect(kept(mirostat({ version: 1 })(Float32Array.of(ruledOut, 1), []))).toEqual([1]);
  });

  test("learns once per length, and starts anew after a jump", () => {
    const process = mirostat({ tau: 1.1, eta: 1 });
    const left = (tokens: number[]) => kept(process(row, tokens));
    expect(left([7])).toEqual([0, 1]);
    expect(left([7, 1])).toEqual([0]);
    expect(left([7, 1])).toEqual([0]);
    expect(left([7, 1, 0, 0, 0])).toEqual([0, 1]);
    expect(left([7])).toEqual([0, 1]);
  });

  test.each([1, 2] as const)("version %s holds the surprise near its target", (version) => {
    const random = seededRandom(9);
    const process = mirostat({ version, tau: 3, eta: 0.1 });
    const sample = multinomial(seededRandom(10));
    const tokens = [0];
    let bits = 0;
    const rounds = 1500;
    for (let i = 0; i < rounds; i++) {
      const zipf = Float32Array.from({ length: 300 }, (_, rank) => -1.2 * Math.log(rank + 1) + random.next());
      const after = process(zipf, tokens);
      const token = sample(after);
      bits -= Math.log2(softmax(after)[token]);
      tokens.push(token);
    }
    expect(Math.abs(bits / rounds - 3)).toBeLessThan(0.15);
  });
});

import fc from "fast-check";
import type { ProcessorConfig } from "../../../lib/decoding/index.js";
import { ruledOut } from "./context.js";

/** The vocabulary that these are made for. */
export const vocabSize = 24;

// JSON has no -0.
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((n) => n + 0);
const count = (min: number, max: number) => fc.integer({ min, max });
const token = count(0, vocabSize - 1);
const run = fc.array(token, { minLength: 1, maxLength: 3 });
const window = fc.oneof(fc.constantFrom("all" as const, "generated" as const), count(1, 9));
const type = <const Name extends string>(name: Name) => fc.constant(name);
const least = count(1, 4);

/** Rows with ties, ruled-out tokens and at least one token left. */
export const rowArbitrary = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.float({ min: -12, max: 12, noNaN: true }) },
        { weight: 1, arbitrary: fc.constant(ruledOut) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      { minLength: vocabSize, maxLength: vocabSize },
    ),
    token,
  )
  .map(([row, best]) => {
    const scores = Float32Array.from(row);
    if (scores[best] === ruledOut) scores[best] = 0.5;
    return scores;
  });

/** The prompt and the tokens after it. */
export const tokensArbitrary = fc.record({
  prompt: fc.array(token, { minLength: 1, maxLength: 6 }),
  generated: fc.array(token, { maxLength: 12 }),
});

/** One configuration of every type, by its type. */
export const configArbitraries: { [Type in ProcessorConfig["type"]]: fc.Arbitrary<ProcessorConfig> } = {
  temperature: fc.record({ type: type("temperature"), t: between(0.05, 20) }),
  topK: fc.record({ type: type("topK"), k: count(1, 30), minTokensToKeep: least }),
  topP: fc.record({
    type: type("topP"),
    p: between(0, 1),
    rule: fc.constantFrom("atLeast", "atMost"),
    minTokensToKeep: least,
  }),
  minP: fc.record({ type: type("minP"), p: between(0, 1), minTokensToKeep: least }),
  typical: fc.record({ type: type("typical"), mass: between(0.01, 0.99), minTokensToKeep: least }),
  epsilon: fc.record({ type: type("epsilon"), cutoff: between(0.0001, 0.9), minTokensToKeep: least }),
  eta: fc.record({ type: type("eta"), cutoff: between(0.0001, 0.9), minTokensToKeep: least }),
  topH: fc.record({ type: type("topH"), h: between(0.01, 1) }),
  topNSigma: fc.record({ type: type("topNSigma"), n: between(0.05, 4) }),
  dry: fc.record({
    type: type("dry"),
    multiplier: between(0, 5),
    base: between(1, 4),
    allowedLength: count(1, 3),
    breakers: fc.array(run, { maxLength: 3 }),
    window,
  }),
  xtc: fc.record({ type: type("xtc"), probability: between(0, 1), threshold: between(0, 1) }),
  mirostat: fc.record({
    type: type("mirostat"),
    version: fc.constantFrom(1, 2),
    tau: between(0.1, 8),
    eta: between(0.01, 1),
  }),
  dynamicTemperature: fc.record({
    type: type("dynamicTemperature"),
    low: between(0, 1),
    high: between(1, 3),
    exponent: between(0.2, 3),
  }),
  repetitionPenalty: fc.record({ type: type("repetitionPenalty"), penalty: between(0.3, 3), window }),
  presencePenalty: fc.record({ type: type("presencePenalty"), penalty: between(-2, 2), window }),
  frequencyPenalty: fc.record({ type: type("frequencyPenalty"), penalty: between(-2, 2), window }),
  noRepeatNgram: fc.record({ type: type("noRepeatNgram"), size: count(2, 4) }),
  encoderRepetitionPenalty: fc.record({
    type: type("encoderRepetitionPenalty"),
    penalty: between(0.3, 3),
  }),
  encoderNoRepeatNgram: fc.record({ type: type("encoderNoRepeatNgram"), size: count(2, 4) }),
  badWords: fc.record({ type: type("badWords"), words: fc.array(run, { minLength: 1, maxLength: 4 }) }),
  sequenceBias: fc.record({
    type: type("sequenceBias"),
    biases: fc.array(fc.tuple(run, between(-5, 5)), { minLength: 1, maxLength: 4 }),
  }),
  suppressTokens: fc.record({
    type: type("suppressTokens"),
    tokens: fc.array(token, { minLength: 1, maxLength: 3 }),
    atBegin: fc.boolean(),
  }),
  minLength: fc.record({ type: type("minLength"), n: count(0, 12) }),
  minNewTokens: fc.record({ type: type("minNewTokens"), n: count(0, 12) }),
  forcedFirst: fc.record({ type: type("forcedFirst"), token }),
  forcedEnd: fc.record({ type: type("forcedEnd"), token }),
  exponentialDecayLength: fc.record({
    type: type("exponentialDecayLength"),
    start: count(0, 6),
    factor: between(0.5, 2),
  }),
  watermark: fc.record({
    type: type("watermark"),
    greenlistRatio: between(0.1, 0.9),
    bias: between(-1, 4),
    hashingKey: count(0, 99),
    seedingScheme: fc.constant("lefthash" as const),
    contextWidth: count(1, 2),
  }),
  normalize: fc.record({ type: type("normalize") }),
};

/** Any configuration. */
export const configArbitrary = fc.oneof(...Object.values(configArbitraries));

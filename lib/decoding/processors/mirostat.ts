import { z } from "zod";
import { logSumExp, softmax } from "../../core/rows.js";
import { topIndices } from "../../core/top.js";
import type { Logits, Tokens } from "../../core/types.js";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { keepWhere } from "./filter.js";
import { named } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface MirostatOptions {
  /** 2 cuts by surprise, 1 estimates a number of tokens by Zipf's law. Default 2. */
  readonly version?: 1 | 2;
  /** The surprise to aim at, in bits per token. Default 5. */
  readonly tau?: number;
  /** How fast it corrects itself. Default 0.1. */
  readonly eta?: number;
}

export interface MirostatConfig extends MirostatOptions {
  readonly type: "mirostat";
}

const schema = closedObject({
  type: z.literal("mirostat"),
  version: z
    .literal([1, 2], { error: "1 or 2" })
    .default(2)
    .describe("2 cuts by surprise, 1 estimates a number of tokens by Zipf's law."),
  tau: numberField("a number above 0", { above: 0 })
    .default(5)
    .describe("The surprise to aim at, in bits per token."),
  eta: numberField("a number above 0", { above: 0 }).default(0.1).describe("How fast it corrects itself."),
}).describe("Steers the surprise of the text towards a target, token by token.");

/**
 * Cuts off surprising tokens where mu says, and corrects mu by what was chosen: mu -= eta * (surprise - tau), from
 * mu = 2 tau, all in bits (Basu et al. 2021). Version 2 removes tokens of more than mu bits; version 1 estimates Zipf's
 * exponent s from the 100 likeliest tokens and keeps k = ((s - 1) 2^mu / (1 - n^(1 - s)))^(1 / s) of n. The best token
 * always stays. The surprise is measured after the cut, as in llama.cpp's mirostat and mirostat_v2. Put it last, after
 * the temperature, with `sample` to draw.
 *
 * It remembers its last row, and reads the chosen token from the end of `tokens`. Asked again for the same length it
 * doesn't learn twice; where tokens are skipped or taken back it starts anew.
 * @throws OptionError for a version that is not 1 or 2, or a number that is not above 0
 */
export function mirostat(options: MirostatOptions = {}): LogitsProcessor {
  const config = validate(schema, { type: "mirostat", ...options }, "mirostat");
  const { version, tau, eta } = config as Required<MirostatConfig>;
  const cut = version === 1 ? cutByZipf : cutBySurprise;
  let last: { readonly length: number; readonly mu: number; readonly row: Logits } | undefined;

  function currentMu(tokens: Tokens): number {
    if (last?.length === tokens.length) return last.mu;
    if (last?.length !== tokens.length - 1) return 2 * tau;
    const bits = surprise(last.row, tokens[tokens.length - 1]);
    return Number.isFinite(bits) ? last.mu - eta * (bits - tau) : last.mu;
  }
  return named("mirostat", (logits, tokens) => {
    const mu = currentMu(tokens);
    const row = cut(logits, mu);
    last = { length: tokens.length, mu, row };
    return row;
  });
}

export const mirostatProcessor: ProcessorDefinition<MirostatConfig> = {
  type: "mirostat",
  schema,
  followsOneSequence: true,
  steersChance: true,
  create: ({ version, tau, eta }) => mirostat({ version, tau, eta }),
};

/** -log2 of a token's probability. */
function surprise(row: Logits, token: number): number {
  return (logSumExp(row) - row[token]) / Math.LN2;
}

function cutBySurprise(logits: Logits, mu: number): Logits {
  const [best] = topIndices(logits, 1);
  const least = logSumExp(logits) - mu * Math.LN2;
  return keepWhere(logits, (score, token) => score >= least || token === best);
}

function cutByZipf(logits: Logits, mu: number): Logits {
  const exponent = zipfExponent(logits);
  const kept = new Set(topIndices(logits, tokensToKeep(exponent, mu, logits.length)));
  return keepWhere(logits, (_, token) => kept.has(token));
}

/** The slope of -ln(p) over ln(rank) among the likeliest tokens, by least squares through neighbouring ranks. */
function zipfExponent(logits: Logits): number {
  const top = Float32Array.from(topIndices(logits, 100), (token) => logits[token]);
  const probabilities = softmax(top);
  let [products, squares] = [0, 0];
  for (let rank = 1; rank < top.length && probabilities[rank] > 0; rank++) {
    const step = Math.log((rank + 1) / rank);
    products += step * Math.log(probabilities[rank - 1] / probabilities[rank]);
    squares += step * step;
  }
  return squares > 0 ? products / squares : Number.POSITIVE_INFINITY;
}

function tokensToKeep(exponent: number, mu: number, vocabSize: number): number {
  if (exponent === Number.POSITIVE_INFINITY) return 1;
  const excess = exponent - 1;
  // As the exponent nears 1 the fraction nears 1 / ln(n).
  const share = Math.abs(excess) < 1e-9 ? 1 / Math.log(vocabSize) : excess / (1 - vocabSize ** -excess);
  const count = (share * 2 ** mu) ** (1 / exponent);
  return Number.isNaN(count) ? 1 : Math.min(vocabSize, Math.max(1, Math.floor(count)));
}

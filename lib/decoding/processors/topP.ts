import { z } from "zod";
import { sumExp } from "../../core/exp.js";
import { maxScore } from "../../core/rows.js";
import { topIndices } from "../../core/top.js";
import type { Logits } from "../../core/types.js";
import { closedObject, countField, nameField, validate } from "../schema.js";
import { positionsFrom } from "./filter.js";
import { tokenBlind } from "./stage.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TopPOptions {
  /**
   * What happens to the token whose probability crosses the threshold. "atLeast" keeps it, so that the kept tokens
   * reach `p` (Hugging Face, and the default); "atMost" drops it, so that they stay within `p`.
   */
  readonly rule?: "atLeast" | "atMost";
  /** Keeps at least as many tokens as this, however small `p` is. Default 1. */
  readonly minTokensToKeep?: number;
}

export interface TopPConfig extends TopPOptions {
  readonly type: "topP";
  readonly p: number;
}

const range = { error: "a number from 0 to 1" };

const schema = closedObject({
  type: z.literal("topP"),
  p: z
    .number(range)
    .min(0, range)
    .max(1, range)
    .describe("The probability that the kept tokens make up together."),
  rule: nameField(["atLeast", "atMost"])
    .default("atLeast")
    .describe(
      "atLeast keeps the token that crosses the threshold, so that the kept ones reach p; " +
        "atMost drops it, so that they stay within p.",
    ),
  minTokensToKeep: countField(1)
    .default(1)
    .describe("Keeps at least as many tokens as this, however small p is."),
}).describe("Keeps the likeliest tokens that together make up a given probability.");

/**
 * The probability by which a sum may miss `p` and still count as `p`: scores are 32-bit floats, so that 0.5 and 0.3
 * written as scores don't add up to exactly 0.8.
 */
const tolerance = 1e-7;

/**
 * Keeps the likeliest tokens that together make up the probability `p`: the nucleus (Holtzman et al. 2020). Of
 * equally likely tokens the lower ids come first.
 * @throws OptionError for a `p` outside 0 to 1, an unknown rule, or a `minTokensToKeep` below 1
 */
export function topP(p: number, options: TopPOptions = {}): LogitsProcessor {
  const { rule, minTokensToKeep } = validate(schema, { type: "topP", p, ...options }, "topP");
  let weights = new Float64Array();
  /** Where the kept tokens end, or undefined to keep all. */
  const borderOf = (logits: Logits): Border | undefined => {
    // Everything is kept; a sum could miss 1 by what is too small to change it.
    if (p === 1) return undefined;
    if (weights.length < logits.length) weights = new Float64Array(logits.length);
    const crossing = crossingOf(logits, rule === "atLeast" ? p - tolerance : p + tolerance, weights);
    if (crossing === undefined) return undefined;
    const { among } = crossing;
    const last = rule === "atLeast" ? crossing.last : tokenBefore(logits, crossing);
    if (last !== undefined && minTokensToKeep === 1) return { last, among };
    const least = topIndices(logits, minTokensToKeep).at(-1) as number;
    return last === undefined || precedes(logits, last, least) ? { last: least } : { last, among };
  };
  return Object.assign(
    tokenBlind("topP", (logits) => {
      const border = borderOf(logits);
      return border === undefined ? logits.slice() : keepThrough(logits, border.last);
    }),
    { weighsScores: true, select: (logits: Logits) => positionsThrough(logits, borderOf(logits)) } as const,
  );
}

export const topPProcessor: ProcessorDefinition<TopPConfig> = {
  type: "topP",
  schema,
  create: ({ p, rule, minTokensToKeep }) => topP(p, { rule, minTokensToKeep }),
};

/** A row with its exponentials, the best token's being 1. */
interface Weighed {
  readonly logits: Logits;
  readonly weights: Float64Array;
  readonly max: number;
}

/** Where the tokens end that are kept. */
interface Border {
  /** The last one in the order of likelihood. */
  readonly last: number;
  /** Tokens in ascending order that hold all that are as likely or likelier, where they are known. */
  readonly among?: Int32Array;
}

/** The nucleus hardly ever reaches further below the best token than this, in nats; where it does, all are looked at. */
const near = 10;

/**
 * The token at which the probabilities, summed from the likeliest down, reach `target`; undefined if rounding keeps
 * them below it.
 * @param weights memory for as many numbers as the row has
 */
function crossingOf(logits: Logits, target: number, weights: Float64Array): Required<Border> | undefined {
  const max = maxScore(logits);
  const mass = target * sumExp(logits, max, weights);
  const row = { logits, weights, max };
  return (
    crossingAmong(row, positionsFrom(logits, max - near), mass) ??
    crossingAmong(row, positionsFrom(logits, Number.NEGATIVE_INFINITY), mass)
  );
}

/** Few enough for the fastest memory. */
const binCount = 1024;
/** Scores that lie further below the best than this, in nats, share the last bin: they hardly count. */
const farthest = 40;
const binsPerNat = (binCount - 1) / farthest;

/**
 * The same among some tokens, the likeliest ones. Instead of sorting them all, it sorts their scores into bins by the
 * distance from the best, finds the bin in which the sum crosses, and orders only that one.
 */
function crossingAmong(
  { logits, weights, max }: Weighed,
  among: Int32Array,
  mass: number,
): Required<Border> | undefined {
  const bins = new Float64Array(binCount);
  for (const token of among) {
    const bin = binOf(max - logits[token]);
    bins[bin] = bins[bin] + weights[token];
  }
  let sum = 0;
  let crossed = 0;
  while (crossed < binCount - 1 && sum + bins[crossed] < mass) sum += bins[crossed++];
  const members = among.filter((token) => binOf(max - logits[token]) === crossed);
  members.sort((a, b) => logits[b] - logits[a] || a - b);
  const last = members.find((token) => {
    sum += weights[token];
    return sum >= mass;
  });
  return last === undefined ? undefined : { last, among };
}

/** The bin of a score that lies this far below the best. */
function binOf(distance: number): number {
  return distance < farthest ? (distance * binsPerNat) | 0 : binCount - 1;
}

/** Whether `a` is likelier than `b`, or as likely with a lower id. */
function precedes(logits: Logits, a: number, b: number): boolean {
  const [first, second] = [logits[a], logits[b]];
  return first > second || (first === second && a < b);
}

/** The next token that is likelier than the last, if there is one. */
function tokenBefore(logits: Logits, { last, among }: Required<Border>): number | undefined {
  let nearest: number | undefined;
  for (const other of among) {
    if (!precedes(logits, other, last)) continue;
    if (nearest === undefined || precedes(logits, nearest, other)) nearest = other;
  }
  return nearest;
}

/** Rules out all tokens that come after `last` when they are ordered by likelihood. */
function keepThrough(logits: Logits, last: number): Logits {
  const threshold = logits[last];
  const kept = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  for (let token = 0; token < logits.length; token++) {
    const score = logits[token];
    if (score > threshold || (score === threshold && token <= last)) kept[token] = score;
  }
  return kept;
}

/** The positions that `keepThrough` keeps, or all, ascending and without those that are ruled out already. */
function positionsThrough(logits: Logits, border: Border | undefined): Int32Array {
  if (border === undefined) return positionsFrom(logits, Number.NEGATIVE_INFINITY);
  const { last, among } = border;
  const threshold = logits[last];
  const positions = among ?? positionsFrom(logits, threshold);
  let kept = 0;
  for (const at of positions) {
    const score = logits[at];
    if (score > threshold || (score === threshold && at <= last)) positions[kept++] = at;
  }
  return positions.subarray(0, kept);
}

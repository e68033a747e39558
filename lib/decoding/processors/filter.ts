import { topIndices } from "../../core/top.js";
import type { Logits, Tokens } from "../../core/types.js";
import { rewriting, type StageTraits, tokenBlind } from "./stage.js";
import type { LogitsProcessor } from "./types.js";

const ruledOut = Number.NEGATIVE_INFINITY;

/** A new row with only the tokens that pass the test; the others are ruled out. */
export function keepWhere(logits: Logits, keep: (score: number, token: number) => boolean): Logits {
  const kept = new Float32Array(logits.length).fill(ruledOut);
  for (let token = 0; token < logits.length; token++) {
    const score = logits[token];
    if (score !== ruledOut && keep(score, token)) kept[token] = score;
  }
  return kept;
}

/** A new row with only the tokens whose score reaches the threshold. The same as `keepWhere`, without a call for each. */
export function keepFrom(logits: Logits, threshold: number): Logits {
  const kept = new Float32Array(logits.length).fill(ruledOut);
  for (let token = 0; token < logits.length; token++) {
    const score = logits[token];
    if (score >= threshold) kept[token] = score;
  }
  return kept;
}

/** A processor that keeps the tokens whose score reaches a threshold, which it finds by looking at all scores. */
export function thresholdFilter(
  name: string,
  thresholdOf: (logits: Logits) => number,
): LogitsProcessor & StageTraits {
  return Object.assign(
    tokenBlind(name, (logits) => keepFrom(logits, thresholdOf(logits))),
    { weighsScores: true, select: (logits: Logits) => positionsFrom(logits, thresholdOf(logits)) } as const,
  );
}

/** How many positions there is room for before the first has been found. */
const FIRST_ROOM = 1024;

/** The positions that `keepFrom` keeps, ascending, without those that are ruled out already. */
export function positionsFrom(logits: Logits, threshold: number): Int32Array {
  const { length } = logits;
  let positions = new Int32Array(Math.min(length, FIRST_ROOM));
  let found = 0;
  for (let at = 0; at < length; at++) {
    // Nearly all time goes here; four at a time is twice as fast as one by one.
    while (
      at + 3 < length &&
      logits[at] < threshold &&
      logits[at + 1] < threshold &&
      logits[at + 2] < threshold &&
      logits[at + 3] < threshold
    ) {
      at += 4;
    }
    if (!(logits[at] >= threshold) || logits[at] === ruledOut) continue;
    if (found === positions.length) positions = enlarged(positions, length);
    positions[found++] = at;
  }
  return positions.subarray(0, found);
}

/** A copy with twice the room, or with as much as can be needed. */
function enlarged(positions: Int32Array, most: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.min(most, 2 * positions.length));
  larger.set(positions);
  return larger;
}

/** A processor that rules out some tokens, which it finds by looking at the tokens so far alone. */
export function banning(
  name: string,
  bannedAfter: (tokens: Tokens) => Iterable<number>,
): LogitsProcessor & StageTraits {
  return rewriting(name, (out, logits, tokens) => {
    out.set(logits);
    for (const token of bannedAfter(tokens)) out[token] = ruledOut;
  });
}

/** A new row in which one token is certain, with the score 0. */
export function only(logits: Logits, token: number): Logits {
  const certain = new Float32Array(logits.length).fill(ruledOut);
  certain[token] = 0;
  return certain;
}

/** The `count`-th best score, or the worst if there are fewer. */
export function scoreAtRank(logits: Logits, count: number): number {
  return logits[topIndices(logits, count).at(-1) as number];
}

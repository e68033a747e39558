import { LogitsError } from "../../../core/errors.js";
import type { Logits } from "../../../core/types.js";

/**
 * Positions of the `count` best scores and of those that tie with the last of them, ascending; ruled-out ones never.
 * With a divisor the scores are compared as 32-bit floats after the division, which can make more of them tie.
 *
 * One pass: a heap holds the best scores so far, and whatever reaches the bar that its worst sets is written down; at
 * the end those that reach the final worst are left.
 * @throws LogitsError for NaN
 */
export function selectBest(scores: Logits, count: number, divisor = 1): Int32Array {
  const { length } = scores;
  const heap = scores.slice(0, count).sort();
  const seen = Array.from(heap.keys());
  let bar = barBelow(heap[0], divisor);
  let at = heap.length;
  for (;;) {
    // Nearly all time goes here; four at a time is twice as fast as one by one.
    while (
      at + 3 < length &&
      scores[at] < bar &&
      scores[at + 1] < bar &&
      scores[at + 2] < bar &&
      scores[at + 3] < bar
    ) {
      at += 4;
    }
    while (at < length && scores[at] < bar) at++;
    if (at >= length) break;
    seen.push(at);
    if (scores[at] > heap[0]) {
      replaceWorst(heap, scores[at]);
      bar = barBelow(heap[0], divisor);
    }
    at++;
  }
  return thoseFrom(heap[0], seen, scores, divisor);
}

/** Nothing below it can tie with the worst of the best. */
function barBelow(worst: number, divisor: number): number {
  // Two scores that are one after a division lie within a rounding step of each other, or of 0.
  return divisor === 1 ? worst : worst - Math.abs(worst) * 2 ** -22 - 1e-30;
}

function thoseFrom(worst: number, seen: readonly number[], scores: Logits, divisor: number): Int32Array {
  const least = Math.fround(worst / divisor);
  const left: number[] = [];
  for (const at of seen) {
    const score = Math.fround(scores[at] / divisor);
    if (Number.isNaN(score)) throw new LogitsError(`the score of token ${at} is NaN`);
    if (score >= least && score !== Number.NEGATIVE_INFINITY) left.push(at);
  }
  return Int32Array.from(left);
}

/** Puts a score in the place of the smallest one in a heap whose root is the smallest. */
function replaceWorst(heap: Logits, score: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= score) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = score;
}

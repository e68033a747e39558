import { withRowKernels } from "./rowKernels.js";

/** Steps of the table from 1 to 2, as a power of two. */
const STEP_BITS = 11;
const STEPS = 2 ** STEP_BITS;
const STEPS_PER_UNIT = STEPS / Math.LN2;
/** ln(2) / 2048 in two pieces: the first has so few digits that a whole number of them is exact. */
const STEP_HIGH = Math.floor((Math.LN2 / STEPS) * 2 ** 43) / 2 ** 43;
const STEP_LOW = 9.317455709329042e-14;
/** Added and taken away again, it rounds a small number to a whole one. */
const ROUNDING = 1.5 * 2 ** 52;
/** Below this a result's exponent needs care, and `Math.exp` takes it. */
const SMALLEST = -700;
/** Below this nothing is left of it. */
const NOTHING = -746;
const SMALLEST_POWER = -1022;

/** 2^(i / 2048). From square roots, which every machine rounds alike. */
const FRACTIONS = new Float64Array(STEPS).fill(1);
for (let bit = STEPS / 2, root = Math.SQRT2; bit >= 1; bit /= 2, root = Math.sqrt(root)) {
  for (let i = 0; i < STEPS; i++) if (i & bit) FRACTIONS[i] *= root;
}

/** 2^(i - 1022), up to 1. */
const POWERS = new Float64Array(1 - SMALLEST_POWER);
for (let i = POWERS.length - 1, power = 1; i >= 0; i--, power /= 2) POWERS[i] = power;

/**
 * Sum of exp(score - shift) over a row, in order, so that scores of -Infinity make no difference to it. Within a few
 * units in the last place of `Math.exp`, and the same on every machine, in less than half the time: choosing a token is
 * little else than this sum.
 * @param shift the largest score, or more
 * @param weights filled with the exponentials themselves, 0 where the score is -Infinity
 */
export function sumExp(row: ArrayLike<number>, shift: number, weights?: Float64Array): number {
  const found = withRowKernels(row, (kernels, scores) => kernels.sumExp(scores, shift, weights));
  if (!Number.isNaN(found)) return found;
  let sum = 0;
  // Two at a time don't wait for each other.
  const pairs = row.length - (row.length % 2);
  for (let i = 0; i < pairs; i += 2) {
    const first = exponential(row[i] - shift);
    const second = exponential(row[i + 1] - shift);
    sum = sum + first + second;
    if (weights !== undefined) {
      weights[i] = first;
      weights[i + 1] = second;
    }
  }
  if (pairs < row.length) {
    const last = exponential(row[pairs] - shift);
    sum += last;
    if (weights !== undefined) weights[pairs] = last;
  }
  return sum;
}

/**
 * e to the power of a number that is not above 0. With n = round(2048 x / ln 2) and r = x - n ln(2) / 2048, it is
 * 2^(n / 2048) exp(r), and r is so small that three terms of exp's series are enough (Tang 1989).
 */
function exponential(x: number): number {
  if (!(x > SMALLEST)) return x < NOTHING ? 0 : Math.exp(x);
  const n = x * STEPS_PER_UNIT + ROUNDING - ROUNDING;
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6)));
  const step = n | 0;
  return series * FRACTIONS[step & (STEPS - 1)] * POWERS[(step >> STEP_BITS) - SMALLEST_POWER];
}

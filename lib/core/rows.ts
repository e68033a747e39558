import { LogitsError } from "./errors.js";
import { sumExp } from "./exp.js";
import { withRowKernels } from "./rowKernels.js";

/**
 * Maths on one row of scores. Rows come in as 32-bit floats; every sum here runs in 64-bit floats, in id order,
 * so that 151,936 small terms don't lose their tail. No function changes its input.
 */
export type Row = ArrayLike<number>;

/**
 * The largest score of a row that has a distribution.
 * @throws LogitsError for NaN, for +Infinity, and for a row without any finite score
 */
export function maxScore(row: Row): number {
  const found = withRowKernels(row, (kernels, scores) => kernels.maxScore(scores));
  if (Number.isFinite(found)) return found;
  // Four at a time don't wait for each other, and comparisons that hardly ever fail are cheaper than Math.max.
  let first = Number.NEGATIVE_INFINITY;
  let second = first;
  let third = first;
  let fourth = first;
  let i = 0;
  for (; i + 3 < row.length; i += 4) {
    if (!(row[i] <= first)) first = numberAt(row, i);
    if (!(row[i + 1] <= second)) second = numberAt(row, i + 1);
    if (!(row[i + 2] <= third)) third = numberAt(row, i + 2);
    if (!(row[i + 3] <= fourth)) fourth = numberAt(row, i + 3);
  }
  for (; i < row.length; i++) if (!(row[i] <= first)) first = numberAt(row, i);
  const max = Math.max(first, second, third, fourth);
  if (Number.isFinite(max)) return max;
  if (max === Number.POSITIVE_INFINITY) throw new LogitsError("a score is +Infinity");
  throw new LogitsError("every score is -Infinity: no token is left");
}

function numberAt(row: Row, token: number): number {
  if (Number.isNaN(row[token])) throw new LogitsError(`the score of token ${token} is NaN`);
  return row[token];
}

/**
 * Natural logarithm of the sum of exponentials, shifted by the maximum so that it can't overflow.
 * @throws LogitsError as `maxScore`
 */
export function logSumExp(row: Row): number {
  const max = maxScore(row);
  return max + Math.log(sumExp(row, max));
}

/**
 * Probabilities, one for each score; they sum to 1 and are 0 where the score is -Infinity.
 * @throws LogitsError as `maxScore`
 */
export function softmax(row: Row): Float64Array {
  const probabilities = new Float64Array(row.length);
  const sum = sumExp(row, maxScore(row), probabilities);
  for (let i = 0; i < row.length; i++) probabilities[i] /= sum;
  return probabilities;
}

/**
 * Natural logarithms of the probabilities, in nats.
 * @throws LogitsError as `maxScore`
 */
export function logSoftmax(row: Row): Float64Array {
  const total = logSumExp(row);
  const logProbs = new Float64Array(row.length);
  for (let i = 0; i < row.length; i++) logProbs[i] = row[i] - total;
  return logProbs;
}

/**
 * Shannon entropy of the distribution that the scores stand for, in nats: 0 for one certain token, ln(n) for n
 * equally likely ones.
 * @throws LogitsError as `maxScore`
 */
export function entropy(row: Row): number {
  return distributionOf(row).entropy;
}

/** What a row of scores stands for. */
export interface Distribution {
  /** As `softmax` gives them. */
  readonly probabilities: Float64Array;
  /** As `logSumExp` gives it: a score less this is a log-probability. */
  readonly total: number;
  /** In nats. */
  readonly entropy: number;
}

/**
 * What `softmax`, `logSumExp` and `entropy` give, from one pass of exponentials.
 * @throws LogitsError as `maxScore`
 */
export function distributionOf(row: Row): Distribution {
  const max = maxScore(row);
  const probabilities = new Float64Array(row.length);
  const sum = sumExp(row, max, probabilities);
  let below = 0;
  for (let i = 0; i < row.length; i++) {
    const weight = probabilities[i];
    if (weight === 0) continue;
    below += weight * (max - row[i]);
    probabilities[i] = weight / sum;
  }
  return { probabilities, total: max + Math.log(sum), entropy: Math.log(sum) + below / sum };
}

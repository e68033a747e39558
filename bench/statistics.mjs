/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} min
 * @property {number} max
 */

/**
 * @param {readonly number[]} values at least one
 * @returns {number} the middle value, or the mean of the two middle ones
 */
export function median(values) {
  if (values.length === 0)
    throw new RangeError("the median of no values is undefined: measure one round or more");
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = /** @type {number} */ (sorted[half]);
  return sorted.length % 2 === 1 ? upper : /** @type {number} */ (sorted[half - 1] + upper) / 2;
}

/**
 * @param {readonly number[]} values at least one
 * @returns {Summary}
 */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Divides round by round, so that a machine that is slow for a while slows both sides of a pair.
 * @param {readonly number[]} values of one contender, a value for each round
 * @param {readonly number[]} baseline of another, in the same rounds
 * @returns {Summary} of `values[i] / baseline[i]`
 */
export function pairedRatio(values, baseline) {
  if (values.length !== baseline.length) {
    throw new RangeError(
      `pairs need equally many rounds, but there are ${values.length} and ${baseline.length}`,
    );
  }
  return summary(values.map((value, round) => value / /** @type {number} */ (baseline[round])));
}

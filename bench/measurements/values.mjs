/** What a measurement reads off an answer, in its unit. */

export const perStep = (/** @type {any} */ { milliseconds, steps }) => milliseconds / steps;
export const milliseconds = (/** @type {any} */ answer) => answer.milliseconds;
export const microseconds = (/** @type {any} */ answer) => answer.microseconds;
/** Tokens per second, of `count` sequences together. */
export const throughput = (/** @type {number} */ count) => (/** @type {any} */ answer) =>
  (1000 * count) / perStep(answer);

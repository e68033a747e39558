/**
 * @typedef {import("./contenders.mjs").Precision} Precision
 *
 * @typedef {object} Entry one side of a comparison
 * @property {string} label
 * @property {string} contender
 * @property {object} task without its prompt
 * @property {(answer: any) => number} value in the measurement's unit
 * @property {number} [goal] the least ratio to the first entry that the project aims for
 *
 * @typedef {object} Measurement the first entry is what the others are divided by
 * @property {string} title
 * @property {string} unit
 * @property {Precision} [precision] absent where no model runs
 * @property {number} context tokens of the prompt; 0 for none
 * @property {readonly Entry[]} entries
 */

const perStep = (/** @type {any} */ { milliseconds, steps }) => milliseconds / steps;
const milliseconds = (/** @type {any} */ answer) => answer.milliseconds;
const microseconds = (/** @type {any} */ answer) => answer.microseconds;
/** Of all sequences together. */
const throughput = (/** @type {number} */ count) => (/** @type {any} */ answer) =>
  (1000 * count) / perStep(answer);

/** The ratio to transformers.js that is aimed for, by context. */
const GOALS = new Map([
  [64, 1],
  [1500, 1.8],
]);

/**
 * What is measured in one precision, of the contenders that are there.
 * @param {Precision} precision
 * @param {readonly string[]} contenders
 * @param {boolean} quick
 * @returns {Measurement[]}
 */
export function measurements(precision, contenders, quick) {
  const newTokens = quick ? 4 : 64;
  const size = { newTokens, precision, contenders };
  const all = (quick ? [16] : [64, 512, 1500]).map((context) => singleSequence({ ...size, context }));
  all.push(...(quick ? [16] : [64, 1500]).map((context) => severalSequences({ ...size, context })));
  all.push(eventLoop({ ...size, context: quick ? 32 : 1500 }));
  if (precision === "exact") all.push(processorChain({ contenders, repeats: quick ? 3 : 100 }));
  return all;
}

/** @typedef {{ precision: Precision, contenders: readonly string[], newTokens: number, context: number }} Size */

/** @param {Size} size @returns {Measurement} */
function singleSequence({ precision, contenders, newTokens, context }) {
  const goal = GOALS.get(context);
  const entries = contenders.map((contender) => ({
    label: contender,
    contender,
    task: { kind: "decode", newTokens },
    value: perStep,
    ...(contender === "transformers.js" && goal !== undefined && { goal }),
  }));
  return { title: `greedy, context ${context}`, unit: "ms per token", precision, context, entries };
}

/** @param {Size} size @returns {Measurement} */
function severalSequences({ precision, newTokens, context }) {
  const goal = GOALS.has(context) ? 2 : undefined;
  const entry = (/** @type {string} */ label, /** @type {string} */ method, /** @type {number} */ count) => ({
    label,
    contender: "logitbook",
    task: { kind: "decode", method, count, newTokens },
    value: throughput(count),
    ...(count > 1 && goal !== undefined && { goal }),
  });
  const entries = [
    entry("1 greedy", "greedy", 1),
    entry("4 samples", "sample", 4),
    entry("4 beams", "beam", 4),
  ];
  return { title: `from one prompt of ${context}`, unit: "tokens per s", precision, context, entries };
}

/** @param {Size} size @returns {Measurement} */
function eventLoop({ precision, contenders, newTokens, context }) {
  const entries = contenders
    .filter((contender) => ["logitbook", "transformers.js"].includes(contender))
    .map((contender) => ({
      label: contender,
      contender,
      task: { kind: "delay", newTokens },
      value: milliseconds,
    }));
  return { title: `longest stall, prompt of ${context}`, unit: "ms", precision, context, entries };
}

/** @param {{ contenders: readonly string[], repeats: number }} size @returns {Measurement} */
function processorChain({ contenders, repeats }) {
  const entries = contenders
    .filter((contender) => ["logitbook", "pytorch"].includes(contender))
    .map((contender) => ({
      label: contender,
      contender,
      task: { kind: "chain", vocabSize: 151_936, repeats },
      value: microseconds,
    }));
  const title = "repetition penalty, temperature, top-k, top-p, draw; vocabulary 151,936";
  return { title, unit: "µs per token", context: 0, entries };
}

import { perStep, throughput } from "./values.mjs";

/** @typedef {import("./index.mjs").Measurement} Measurement @typedef {import("./index.mjs").Size} Size */

/** The throughput of several sequences that is aimed for, against one sequence's. */
const SEVERAL_GOALS = new Map([
  [4, 2],
  [8, 2.5],
]);
/** The speed of beam search that is aimed for, against Hugging Face's on the same weights. */
const BEAM_GOALS = { exact: 3, fast: 6 };
const LOOKUP_GOAL = 1.3;

/** @param {Size} size @returns {Measurement} */
export function severalSequences({ precision, newTokens, context }) {
  const entry = (/** @type {string} */ label, /** @type {string} */ method, /** @type {number} */ count) => {
    const goal = SEVERAL_GOALS.get(count);
    return {
      label,
      contender: "logitbook",
      task: { kind: "decode", method, count, newTokens },
      value: throughput(count),
      ...(goal !== undefined && { goal }),
    };
  };
  const entries = [
    entry("1 greedy", "greedy", 1),
    entry("4 samples", "sample", 4),
    entry("4 beams", "beam", 4),
    entry("8 samples", "sample", 8),
  ];
  return { title: `from one prompt of ${context}`, unit: "tokens per s", precision, context, entries };
}

/** Steps of a search per second: a step adds one token to each of its beams. @param {Size} size @returns {Measurement} */
export function beamsBesideReference({ precision, newTokens, context }) {
  const entry = (/** @type {string} */ contender) => ({
    label: contender,
    contender,
    task: { kind: "decode", method: "beam", count: 4, newTokens },
    value: throughput(1),
  });
  const entries = [entry("pytorch"), { ...entry("logitbook"), goal: BEAM_GOALS[precision] }];
  return { title: `4 beams by ${newTokens}`, unit: "steps per s", precision, context, entries };
}

/** The ratio is greedy's time to prompt lookup's. @param {Size} size @returns {Measurement} */
export function promptLookup({ precision, newTokens, context }) {
  const task = { kind: "decode", newTokens, instruction: "Summarize this text." };
  const entry = (/** @type {string} */ method) => ({
    label: method,
    contender: "logitbook",
    task: { ...task, method },
    value: perStep,
  });
  const entries = [entry("promptLookup"), { ...entry("greedy"), goal: LOOKUP_GOAL }];
  return { title: `summary of ${context}`, unit: "ms per token", precision, context, text: "prose", entries };
}

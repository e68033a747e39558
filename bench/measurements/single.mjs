import { milliseconds, perStep, throughput } from "./values.mjs";

/** @typedef {import("./index.mjs").Measurement} Measurement @typedef {import("./index.mjs").Size} Size */

/** The ratio to transformers.js that is aimed for, by context. */
const GOALS = new Map([
  [64, 1],
  [1500, 1.8],
]);
/** Behind a long prompt a token may take 1.5 times as long. */
const LONG_GOAL = 1 / 1.5;

/** @param {Size} size @returns {Measurement} */
export function singleSequence({ precision, contenders, newTokens, context }) {
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

/** @param {Size} size @param {number} short the context to compare with @returns {Measurement} */
export function longContext({ precision, newTokens, context }, short) {
  const entry = (/** @type {number} */ promptTokens) => ({
    label: `context ${promptTokens}`,
    contender: "logitbook",
    task: { kind: "decode", newTokens, promptTokens },
    value: throughput(1),
  });
  const entries = [entry(short), { ...entry(context), goal: LONG_GOAL }];
  return { title: "greedy by context", unit: "tokens per s", precision, context, entries };
}

/** @param {Size} size @returns {Measurement} */
export function eventLoop({ precision, contenders, newTokens, context }) {
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

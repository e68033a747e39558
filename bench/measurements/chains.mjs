import { microseconds } from "./values.mjs";

/**
 * Chains that are timed at the vocabulary of the Qwen models, as recipes have them. Before each comes a repetition
 * penalty and a temperature, after it a draw.
 * @type {Readonly<Record<"topK" | "topP" | "minP", { title: string, filters: readonly object[], goal?: number }>>}
 */
const CHAINS = {
  topK: {
    title: "top-k, top-p",
    filters: [
      { type: "topK", k: 50 },
      { type: "topP", p: 0.9 },
    ],
    goal: 20,
  },
  topP: { title: "top-p", filters: [{ type: "topP", p: 0.9 }] },
  minP: { title: "min-p", filters: [{ type: "minP", p: 0.05 }] },
};

const FIRST = [
  { type: "repetitionPenalty", penalty: 1.3 },
  { type: "temperature", t: 0.8 },
];

/**
 * @param {keyof typeof CHAINS} name
 * @param {{ contenders: readonly string[], repeats: number }} size
 * @returns {import("./index.mjs").Measurement}
 */
export function processorChain(name, { contenders, repeats }) {
  const { title, filters, goal } = CHAINS[name];
  const task = { kind: "chain", processors: [...FIRST, ...filters], vocabSize: 151_936, repeats };
  const entries = contenders
    .filter((contender) => ["logitbook", "pytorch"].includes(contender))
    .map((contender) => ({
      label: contender,
      contender,
      task,
      value: microseconds,
      ...(contender === "pytorch" && goal !== undefined && { goal }),
    }));
  const whole = `repetition penalty, temperature, ${title}, draw; vocabulary 151,936`;
  return { title: whole, unit: "µs per token", context: 0, entries };
}

import { chartSvg } from "../curve/chart.js";
import type { RunSummary } from "./summary.js";

/** The validation curves of several runs over one another: bits per character over tokens read. */
export function comparisonSvg(runs: readonly RunSummary[]): string {
  const lines = runs.map(({ name, history, config }) => {
    const perStep = config.training.batchSize * config.training.length;
    const points = history.flatMap(({ step, bitsPerCharacter }) =>
      bitsPerCharacter === undefined ? [] : [[(step * perStep) / 1e6, bitsPerCharacter] as const],
    );
    return { name: `${name} ${points.at(-1)?.[1].toFixed(2) ?? ""}`, points };
  });
  return chartSvg(lines, {
    title: "Validation, in one unit for all tokenizers",
    x: "million tokens read",
    y: "bits per character",
  });
}

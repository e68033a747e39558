import { readFileSync } from "node:fs";
import type { LanguageModel, Logits, Tokens } from "../../lib/core/types.js";

/** The model of tests/golden/methods/record.py: whole numbers on the last four tokens make the scores. */
export function arithmeticModel(words = 24, contextLength = 64): LanguageModel {
  const row = (prefix: Tokens): Logits => {
    const state = prefix.slice(-4).reduce((sum, token) => (sum * 31 + token + 1) % 65521, 0);
    return Float32Array.from(
      { length: words },
      (_, word) => (((state * 251 + word * 4099) * (state + word * 17 + 7)) % 65521) / 8192,
    );
  };
  return {
    vocabSize: words,
    contextLength,
    nextLogits: async (prefixes) => prefixes.map(row),
    allLogits: async (tokens) => tokens.map((_, position) => row(tokens.slice(0, position + 1))),
    dispose: async () => {},
  };
}

/** A file that record.py wrote. */
export function recordOf<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../golden/methods/${name}.json`, import.meta.url), "utf8")) as T;
}

/**
 * Pearson's chi-squared statistic of counts against expected ones, as the number of standard deviations that it lies
 * above its mean, by Wilson and Hilferty's (1931) cube root. Cells that expect fewer than 5 are put together.
 */
export function chiSquaredDeviation(observed: readonly number[], expected: readonly number[]): number {
  const cells: [number, number][] = [];
  let rest: [number, number] = [0, 0];
  for (const [index, hope] of expected.entries()) {
    if (hope >= 5) cells.push([observed[index], hope]);
    else rest = [rest[0] + observed[index], rest[1] + hope];
  }
  if (rest[1] >= 5) cells.push(rest);
  const statistic = cells.reduce((sum, [seen, hope]) => sum + (seen - hope) ** 2 / hope, 0);
  const freedom = cells.length - 1;
  return (Math.cbrt(statistic / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

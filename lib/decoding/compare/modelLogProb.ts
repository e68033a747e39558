import { logSumExp } from "../../core/rows.js";
import type { LanguageModel, Tokens } from "../../core/types.js";

/** Rows asked for at once. At a vocabulary of 151,936 they take 10 MB. */
const batch = 16;

/**
 * The sum of the log-probabilities that the model itself, without any processor, gives to the tokens after a prompt,
 * in nats; -Infinity where it rules one out. Costs about one more reading of the tokens.
 * @throws as `LanguageModel.nextLogits`
 */
export async function modelLogProb(
  model: LanguageModel,
  prompt: Tokens,
  tokens: Tokens,
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < tokens.length; start += batch) {
    const asked = tokens.slice(start, start + batch);
    const prefixes = asked.map((_, index) => [...prompt, ...tokens.slice(0, start + index)]);
    const rows = await model.nextLogits(prefixes, signal);
    for (const [index, row] of rows.entries()) sum += row[asked[index]] - logSumExp(row);
  }
  return sum;
}

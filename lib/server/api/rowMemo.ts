import { layerLogitsOf } from "../../core/layerLogits.js";
import { Recent } from "../../core/recent.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";

/**
 * The model, with the rows of the texts that were asked for last: walking back and forth on a path, and replaying a
 * link, asks for the same ones again. Scores of earlier layers are asked for anew each time.
 * @param capacity rows to keep, of 4 bytes for each token of the vocabulary
 */
export function withRowMemo(model: LanguageModel, capacity: number): LanguageModel {
  const rows = new Recent<string, Logits>(capacity);
  async function rowAfter(prefix: Tokens, signal?: AbortSignal): Promise<Logits> {
    const key = prefix.join(" ");
    const row = rows.get(key) ?? (await model.nextLogits([prefix], signal))[0];
    rows.set(key, row);
    // Callers own their rows and may change them.
    return row.slice();
  }
  return {
    ...layerLogitsOf(model),
    vocabSize: model.vocabSize,
    contextLength: model.contextLength,
    async nextLogits(prefixes, signal) {
      const found: Logits[] = [];
      for (const prefix of prefixes) found.push(await rowAfter(prefix, signal));
      return found;
    },
    allLogits: (tokens, signal) => model.allLogits(tokens, signal),
    dispose: () => model.dispose(),
  };
}

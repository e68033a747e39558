import { rowReuseOf } from "../core/rowReuse.js";
import type { LanguageModel, Tokens } from "../core/types.js";

/**
 * The model as if its context had no end: of a longer text it reads the last `contextLength` tokens, as nanoGPT does.
 * Beyond the context every step moves the window, so that no cache helps and each costs a whole window.
 */
export function slidingWindow(model: LanguageModel): LanguageModel {
  const last = (tokens: Tokens) =>
    tokens.length > model.contextLength ? tokens.slice(-model.contextLength) : tokens;
  return {
    vocabSize: model.vocabSize,
    contextLength: Number.MAX_SAFE_INTEGER,
    nextLogits: (prefixes, signal) => model.nextLogits(prefixes.map(last), signal),
    async allLogits(tokens, signal) {
      const rows = await model.allLogits(tokens.slice(0, model.contextLength), signal);
      for (let end = model.contextLength + 1; end <= tokens.length; end++) {
        rows.push(...(await model.nextLogits([last(tokens.slice(0, end))], signal)));
      }
      return rows;
    },
    dispose: () => model.dispose(),
    ...rowReuseOf(model),
  };
}

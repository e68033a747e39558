import type { LanguageModel, PrefixCaching } from "./types.js";

/** Whether a model tells how much of a text it remembers. */
export function hasPrefixCache<Model extends LanguageModel>(model: Model): model is Model & PrefixCaching {
  return "cachedLengths" in model && typeof model.cachedLengths === "function";
}

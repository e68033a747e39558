import type { HiddenStates, LanguageModel } from "./types.js";

/** Whether a model tells its hidden states beside its scores. */
export function hasHiddenStates<Model extends LanguageModel>(model: Model): model is Model & HiddenStates {
  return "nextStates" in model && typeof model.nextStates === "function";
}

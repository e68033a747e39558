import type { LanguageModel, LayerLogits } from "./types.js";

/** Whether a model tells what its output layer would make of its earlier layers. */
export function hasLayerLogits<Model extends LanguageModel>(model: Model): model is Model & LayerLogits {
  return "nextLayerLogits" in model && typeof model.nextLayerLogits === "function";
}

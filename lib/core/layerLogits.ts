import type { LanguageModel, LayerLogits } from "./types.js";

/** Whether a model tells what its output layer would make of its earlier layers. */
export function hasLayerLogits<Model extends LanguageModel>(model: Model): model is Model & LayerLogits {
  return "nextLayerLogits" in model && typeof model.nextLayerLogits === "function";
}

/** What a model tells of its layers, for a model that stands before it to pass on; nothing where it tells nothing. */
export function layerLogitsOf(model: LanguageModel): Partial<LayerLogits> {
  if (!hasLayerLogits(model)) return {};
  return {
    numLayers: model.numLayers,
    tiedEmbeddings: model.tiedEmbeddings,
    nextLayerLogits: (prefixes, layers, signal) => model.nextLayerLogits(prefixes, layers, signal),
  };
}

import type { PlannedWeight, WeightPlan } from "../trainable/weightPlan.js";
import type { RecurrentConfig } from "./config.js";
import { gateCount } from "./plainRecurrent.js";

export const EMBEDDING = "embedding.weight";
export const OUTPUT_WEIGHT = "output.weight";
export const OUTPUT_BIAS = "output.bias";

/** PyTorch's names of one layer's weights: those of a module's `recurrent = nn.LSTM(…)`, or GRU, or RNN. */
export function layerNames(layer: number) {
  return {
    inputWeight: `recurrent.weight_ih_l${layer}`,
    hiddenWeight: `recurrent.weight_hh_l${layer}`,
    inputBias: `recurrent.bias_ih_l${layer}`,
    hiddenBias: `recurrent.bias_hh_l${layer}`,
  } as const;
}

/**
 * The weights of a recurrent model, filled as PyTorch fills its modules: the embedding normal with deviation 1,
 * everything else uniform up to 1 / sqrt(hiddenSize). A tied embedding is filled as the output layer that it also is.
 */
export function recurrentWeights(config: RecurrentConfig): WeightPlan {
  const { vocabSize, embedSize, hiddenSize, numLayers, tieEmbedding } = config;
  const fill = { uniform: 1 / Math.sqrt(hiddenSize) };
  const rows = gateCount(config.architecture) * hiddenSize;
  const layers = Array.from({ length: numLayers }, (_, layer): PlannedWeight[] => {
    const names = layerNames(layer);
    return [
      { name: names.inputWeight, shape: [rows, layer === 0 ? embedSize : hiddenSize], fill },
      { name: names.hiddenWeight, shape: [rows, hiddenSize], fill },
      { name: names.inputBias, shape: [rows], fill },
      { name: names.hiddenBias, shape: [rows], fill },
    ];
  });
  const output: PlannedWeight = { name: OUTPUT_WEIGHT, shape: [vocabSize, hiddenSize], fill };
  return [
    { name: EMBEDDING, shape: [vocabSize, embedSize], fill: tieEmbedding ? fill : { normal: 1 } },
    ...layers.flat(),
    ...(tieEmbedding ? [] : [output]),
    { name: OUTPUT_BIAS, shape: [vocabSize], fill },
  ];
}

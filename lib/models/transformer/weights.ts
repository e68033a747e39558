import type { Fill, PlannedWeight, WeightPlan } from "../trainable/weightPlan.js";
import type { TransformerConfig } from "./config.js";

export const TOKENS = "transformer.wte.weight";
export const POSITIONS = "transformer.wpe.weight";
export const FINAL_NORM = "transformer.ln_f";

/** Where Hugging Face's `GPT2LMHeadModel` keeps the weights of one block; each has a `.weight` and a `.bias`. */
export function blockNames(block: number) {
  const prefix = `transformer.h.${block}`;
  return {
    attentionNorm: `${prefix}.ln_1`,
    attentionInput: `${prefix}.attn.c_attn`,
    attentionOutput: `${prefix}.attn.c_proj`,
    perceptronNorm: `${prefix}.ln_2`,
    perceptronInput: `${prefix}.mlp.c_fc`,
    perceptronOutput: `${prefix}.mlp.c_proj`,
  } as const;
}

/**
 * The weights of a GPT-2 model, filled as GPT-2's are: normal with deviation 0.02, smaller by sqrt(2 · numLayers) on
 * the way back into the residual stream; biases 0, gains 1. Linear weights are [in, out].
 */
export function transformerWeights(config: TransformerConfig): WeightPlan {
  const { vocabSize, contextLength, numLayers, width } = config;
  const fill = { normal: 0.02 };
  const residual = { normal: 0.02 / Math.sqrt(2 * numLayers) };
  const blocks = Array.from({ length: numLayers }, (_, block) => {
    const names = blockNames(block);
    return [
      norm(names.attentionNorm, width),
      linear(names.attentionInput, width, 3 * width, fill),
      linear(names.attentionOutput, width, width, residual),
      norm(names.perceptronNorm, width),
      linear(names.perceptronInput, width, 4 * width, fill),
      linear(names.perceptronOutput, 4 * width, width, residual),
    ].flat();
  });
  return [
    { name: TOKENS, shape: [vocabSize, width], fill },
    { name: POSITIONS, shape: [contextLength, width], fill },
    ...blocks.flat(),
    ...norm(FINAL_NORM, width),
  ];
}

function linear(name: string, inputs: number, outputs: number, fill: Fill): PlannedWeight[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], fill },
    { name: `${name}.bias`, shape: [outputs], fill: { constant: 0 } },
  ];
}

function norm(name: string, width: number): PlannedWeight[] {
  return [
    { name: `${name}.weight`, shape: [width], fill: { constant: 1 } },
    { name: `${name}.bias`, shape: [width], fill: { constant: 0 } },
  ];
}

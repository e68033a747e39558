import type * as tf from "@tensorflow/tfjs";
import type { Backend } from "../backend/backend.js";
import { recurrentModel } from "../recurrent/recurrentModel.js";
import { recurrentWeights } from "../recurrent/weights.js";
import { transformerModel } from "../transformer/transformerModel.js";
import { transformerWeights } from "../transformer/weights.js";
import { type ModelConfig, readModelConfig } from "./config.js";
import type { TrainableModel } from "./trainable.js";
import { createWeights, loadWeights, type WeightPlan } from "./weightPlan.js";

/** An array with its shape, as checkpoints hold them. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A model with fresh weights. The same config and seed give the same weights on every backend.
 * @throws OptionError for a config or seed out of range
 */
export function createModel({ tf }: Backend, config: ModelConfig, seed: number): TrainableModel {
  const checked = readModelConfig(config);
  return build(tf, checked, createWeights(tf, weightPlan(checked), seed));
}

/**
 * A model with the weights of a checkpoint. Weights beyond those that the config asks for are left aside.
 * @throws OptionError for a config out of range, or that names the first weight that is missing or of another shape
 */
export function loadModel(
  { tf }: Backend,
  config: ModelConfig,
  weights: ReadonlyMap<string, NamedArray>,
): TrainableModel {
  const checked = readModelConfig(config);
  return build(tf, checked, loadWeights(tf, weightPlan(checked), weights));
}

/** The weights that a config asks for: names and shapes as in the checkpoint, in its order. */
export function weightPlan(config: ModelConfig): WeightPlan {
  return config.architecture === "gpt2" ? transformerWeights(config) : recurrentWeights(config);
}

function build(
  tf: Backend["tf"],
  config: ModelConfig,
  weights: ReadonlyMap<string, tf.Variable>,
): TrainableModel {
  return config.architecture === "gpt2"
    ? transformerModel(tf, config, weights)
    : recurrentModel(tf, config, weights);
}

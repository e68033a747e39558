import type * as tf from "@tensorflow/tfjs";
import type { TrainableModel } from "./trainable.js";

/** Finds weights by name, with the rank that the weight plan gives them. */
export function weightFinder(weights: TrainableModel["weights"]) {
  return <T extends tf.Tensor>(name: string) => weights.get(name) as unknown as T;
}

/** Frees them all. */
export function disposeWeights(weights: TrainableModel["weights"]): void {
  for (const variable of weights.values()) variable.dispose();
}

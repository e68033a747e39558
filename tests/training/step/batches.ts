import { seededRandom } from "../../../lib/core/random.js";
import type { StepInput } from "../../../lib/training/step/step.js";
import { SMALL } from "../../models/trainable/small.js";

/** A batch of random tokens, drawn from its number: 3 texts of 4 tokens unless told otherwise. */
export function batch(seed: number, batchSize = 3, length = 4): StepInput {
  const random = seededRandom(seed);
  const tokens = () =>
    Int32Array.from({ length: batchSize * length }, () => Math.floor(random.next() * SMALL.vocabSize));
  return { inputs: tokens(), targets: tokens(), batchSize, length, learningRate: 0.01, seed };
}

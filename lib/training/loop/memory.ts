import { totalmem } from "node:os";
import { OptionError } from "../../core/errors.js";
import type { ModelConfig } from "../../models/trainable/config.js";
import { weightPlan } from "../../models/trainable/createModel.js";
import type { TrainingSettings } from "../config/trainingSchema.js";

const FLOAT = 4; // bytes

/**
 * Refuses what this machine could never hold, before it is tried: weights with their gradients and Adam's two moments,
 * or a batch's scores with their gradient. What lies between is for the machine to say.
 * @param memory of the machine, in bytes
 * @throws OptionError that names the field and how much it asks for
 */
export function assertMemory(
  model: ModelConfig,
  { batchSize, length }: Pick<TrainingSettings, "batchSize" | "length">,
  memory = totalmem(),
): void {
  const has = `this machine has ${gigabytes(memory)}`;
  const weights = weightPlan(model)
    .map(({ shape }) => shape.reduce((product, size) => product * size, 1))
    .reduce((sum, size) => sum + size, 0);
  const training = 4 * FLOAT * weights;
  if (training > memory) {
    const field = model.architecture === "gpt2" ? "width" : "hiddenSize";
    const value = model.architecture === "gpt2" ? model.width : model.hiddenSize;
    const rule = `smaller: ${weights} weights take ${gigabytes(training)} to train, and ${has}`;
    throw new OptionError(`model.${field}`, value, rule);
  }
  const row = 2 * FLOAT * length * model.vocabSize;
  if (row * batchSize > memory) {
    const rule = `smaller: the scores of a batch take ${gigabytes(row * batchSize)}, and ${has}`;
    throw new OptionError("training.batchSize", batchSize, rule);
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString("en-US", { maximumFractionDigits: 1 })} GB`;
}

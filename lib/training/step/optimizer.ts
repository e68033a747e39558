import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { OptimizerOptions } from "./step.js";

const names: OptionNames<OptimizerOptions> = {
  type: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
};

/** An optimizer's settings, defaults filled in; for Adam the weight decay is 0. */
export type Optimizer = Required<OptimizerOptions>;

/**
 * Fills in and checks the settings of an optimizer.
 * @throws OptionError for a setting out of range, or a weight decay for plain Adam
 */
export function readOptimizer(options: OptimizerOptions): Optimizer {
  assertKnownOptions(options, names, "optimizer");
  const { type, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  if (type !== "adam" && type !== "adamw") throw new OptionError("optimizer.type", type, "adam or adamw");
  if (type === "adam" && (options.weightDecay ?? 0) !== 0) {
    throw new OptionError("optimizer.weightDecay", options.weightDecay, "0 for adam: use adamw");
  }
  const weightDecay = options.weightDecay ?? (type === "adamw" ? 0.01 : 0);
  assertShare("optimizer.beta1", beta1);
  assertShare("optimizer.beta2", beta2);
  if (!(epsilon > 0)) throw new OptionError("optimizer.epsilon", epsilon, "above 0");
  if (!(weightDecay >= 0)) throw new OptionError("optimizer.weightDecay", weightDecay, "0 or more");
  return { type, beta1, beta2, epsilon, weightDecay };
}

/** Whether weight decay falls on a weight: on matrices, not on biases and gains. */
export function decays(shape: readonly number[]): boolean {
  return shape.length >= 2;
}

function assertShare(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new OptionError(name, value, "from 0 up to, but not including, 1");
}

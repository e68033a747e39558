import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Backend } from "../../models/backend/backend.js";
import { nativeBackend } from "../../models/backend/nativeBackend.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import { readOptimizer } from "./optimizer.js";
import { plainStep } from "./plainStep.js";
import type { OptimizerOptions, StepOptions, TrainingStep } from "./step.js";

const names: OptionNames<StepOptions> = { clipNorm: true, compile: true };

/**
 * A training step for a model: compiled into a graph where the backend can, plain TensorFlow.js otherwise. Both compute
 * the same.
 * @throws OptionError for a setting out of range, or `compile: "always"` where it can't be done
 */
export async function createStep(
  backend: Backend,
  model: TrainableModel,
  optimizerOptions: OptimizerOptions,
  options: StepOptions = {},
): Promise<TrainingStep> {
  assertKnownOptions(options, names);
  const { clipNorm, compile = "auto" } = options;
  const optimizer = readOptimizer(optimizerOptions);
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new OptionError("clipNorm", clipNorm, "above 0, or left out");
  }
  if (!["auto", "never", "always"].includes(compile)) {
    throw new OptionError("compile", compile, "auto, never or always");
  }
  const plain = (reason: string) => plainStep(backend, model, optimizer, clipNorm, reason);
  if (compile === "never") return plain("a plain step was asked for");
  try {
    const native = nativeBackend(backend.tf);
    if (native === undefined) throw new Error(`the ${backend.name} backend runs no graphs`);
    const { compiledStep } = await import("../graph/compiledStep.js");
    const { fusedOperations } = await import("../graph/fusedOperations.js");
    const operations = fusedOperations(backend.tf, native);
    return compiledStep({ tf: backend.tf, native, model, operations, optimizer, clipNorm });
  } catch (error) {
    const reason = (error as Error).message;
    if (compile === "always") throw new OptionError("compile", compile, `auto or never, since ${reason}`);
    return plain(reason);
  }
}

export { createStep } from "./createStep.js";
export type {
  Batch,
  OptimizerOptions,
  StepInput,
  StepOptions,
  StepResult,
  StepState,
  TrainingStep,
} from "./step.js";

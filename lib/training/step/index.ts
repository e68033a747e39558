export { createStep } from "./createStep.js";
export type {
  EvaluateStepOptions,
  OptimizerOptions,
  StepInput,
  StepOptions,
  StepResult,
  StepState,
  TrainingStep,
} from "./step.js";

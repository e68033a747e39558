export { createStep } from "./createStep.js";
export type {
  OptimizerOptions,
  StepInput,
  StepOptions,
  StepResult,
  StepState,
  TrainingStep,
} from "./step.js";

export * from "./batches/index.js";
export * from "./config/index.js";
export * from "./corpus/index.js";
export { type EvaluateOptions, type Evaluation, evaluateModel } from "./evaluate.js";
export type * from "./events.js";
export { type Scores, scoresOf } from "./metrics.js";
export type { HistoryRow } from "./run/history.js";
export type { RunProgress } from "./run/progress.js";
export { listRuns, type RunSummary, readRun } from "./run/summary.js";
export { type DetailedSample, sampleTexts, writeSamples } from "./sampling.js";
export { learningRateAt } from "./schedule.js";
export { createStep } from "./step/createStep.js";
export type {
  OptimizerOptions,
  StepInput,
  StepOptions,
  StepResult,
  StepState,
  TrainingStep,
} from "./step/step.js";
export { type TrainOptions, train } from "./train.js";

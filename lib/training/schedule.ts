import type { TrainingSettings } from "./config/trainingSchema.js";

/** Where nobody says otherwise. */
const LONGEST_WARMUP = 100;

/**
 * The learning rate of a step: rising linearly from 0 over the warm-up, then constant, or falling along half a cosine
 * (Loshchilov and Hutter 2017) to a share of the highest rate, which the last step reaches.
 * @param step counted from 1
 */
export function learningRateAt(
  step: number,
  { learningRate, steps, schedule }: Pick<TrainingSettings, "learningRate" | "steps" | "schedule">,
): number {
  const { type, finalShare } = schedule;
  const warmupSteps = schedule.warmupSteps ?? Math.min(LONGEST_WARMUP, Math.floor(steps / 20));
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  if (type === "constant") return learningRate;
  const progress = Math.min((step - warmupSteps) / Math.max(steps - warmupSteps, 1), 1);
  const height = (1 + Math.cos(Math.PI * progress)) / 2;
  return learningRate * (finalShare + (1 - finalShare) * height);
}

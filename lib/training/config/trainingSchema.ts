import { z } from "zod";
import { closedObject, countField, flagField, nameField } from "../../decoding/schema.js";
import { shareField } from "./fields.js";

/** How the learning rate goes over the steps. */
export interface ScheduleSettings {
  readonly type: "constant" | "cosine";
  /** Null for a twentieth of the steps, at most 100. */
  readonly warmupSteps: number | null;
  /** What the cosine ends at, as a share of the learning rate. */
  readonly finalShare: number;
}

export interface TrainingSettings {
  readonly steps: number;
  /** Rows of a batch. */
  readonly batchSize: number;
  /** Tokens of a row. */
  readonly length: number;
  /** How batches are cut from the text; null for what suits the model. */
  readonly batches: "random" | "shuffled" | "streams" | "documentStarts" | "documentCrops" | null;
  /** With streams: how often a row begins without the state of the text before; null for 0.05. */
  readonly restarts: number | null;
  readonly optimizer: "adam" | "adamw";
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Null for the optimizer's own. */
  readonly weightDecay: number | null;
  readonly schedule: ScheduleSettings;
  /** Longest gradient, as an L2 norm over all weights; null for no limit. */
  readonly clipNorm: number | null;
  readonly validateEvery: number;
  readonly validationBatches: number;
  readonly sampleInterval: number;
  /** Ends training after this many validations without a new best; null for never. */
  readonly patience: number | null;
  readonly compile: boolean;
}

const positive = { error: "a number above 0" };
const part = { error: "a number from 0 to 1" };

export const scheduleSchema = closedObject({
  type: nameField(["constant", "cosine"])
    .default("cosine")
    .describe("constant, or falling along a cosine to finalShare of the rate."),
  warmupSteps: countField(0)
    .nullable()
    .default(null)
    .describe("Steps over which the rate rises from 0; null: a twentieth of the steps, at most 100."),
  finalShare: z
    .number(part)
    .min(0, part)
    .max(1, part)
    .default(0.1)
    .describe("What the cosine ends at, as a share of learningRate."),
});

export const trainingSchema = closedObject({
  steps: countField(1).default(2000).describe("Updates of the weights."),
  batchSize: countField(1).default(32).describe("Rows of a batch."),
  length: countField(1).default(64).describe("Tokens of a row."),
  batches: nameField(["random", "shuffled", "streams", "documentStarts", "documentCrops"])
    .nullable()
    .default(null)
    .describe(
      "random: windows that begin anywhere; shuffled: windows side by side, each once an epoch; streams: each row " +
        "reads on where it ended, with its state; documentStarts, documentCrops: one window of each document; null: " +
        "streams for recurrent nets, else random.",
    ),
  restarts: z
    .number(part)
    .min(0, part)
    .max(1, part)
    .nullable()
    .default(null)
    .describe(
      "Only with streams: the probability with which a row begins without the state of the text before, so that the " +
        "net also learns to begin a text; null: 0.05.",
    ),
  optimizer: nameField(["adam", "adamw"])
    .default("adamw")
    .describe("Kingma and Ba 2015; Loshchilov and Hutter 2019."),
  learningRate: z.number(positive).positive(positive).default(0.001).describe("The highest rate."),
  beta1: shareField().default(0.9).describe("Memory of the gradient's mean."),
  beta2: shareField().default(0.99).describe("Memory of its square."),
  weightDecay: z
    .number({ error: "a number from 0" })
    .min(0, { error: "a number from 0" })
    .nullable()
    .default(null)
    .describe(
      "Only with adamw: the share of each weight matrix that a step of rate 1 would take away; null: 0.01.",
    ),
  schedule: scheduleSchema.prefault({}),
  clipNorm: z
    .number(positive)
    .positive(positive)
    .nullable()
    .default(1)
    .describe("Longest gradient (L2 over all weights); null for no limit."),
  validateEvery: countField(1)
    .default(250)
    .describe("Steps between validations, each followed by a checkpoint: the most that a kill can lose."),
  validationBatches: countField(1).default(20).describe("Batches of the fixed validation set."),
  sampleInterval: countField(1).default(500).describe("Steps between samples; their checkpoints are kept."),
  patience: countField(1)
    .nullable()
    .default(null)
    .describe("Ends training after this many validations without a new best; null for never."),
  compile: flagField()
    .default(true)
    .describe("Traces the step once and runs it as a graph where the backend can."),
});

import type { Scores } from "./metrics.js";
import type { HistoryRow } from "./run/history.js";

/** What is trained, on what, by what. */
export interface StartEvent {
  readonly type: "start";
  /** Updates that were done before: above 0 where a run is resumed. */
  readonly step: number;
  readonly steps: number;
  readonly run: string;
  /** Number of weights. */
  readonly parameters: number;
  readonly vocabSize: number;
  readonly trainingTokens: number;
  readonly validationTokens: number;
  /** What computes, and why it. */
  readonly backend: string;
  /** Whether the step runs as one graph; if not, why not. */
  readonly compiled: boolean;
  readonly plainReason: string | undefined;
}

/** One update of the weights. */
export interface StepEvent extends Pick<HistoryRow, "step" | "loss" | "gradientNorm" | "learningRate"> {
  readonly type: "step";
  /** Over the last steps. */
  readonly tokensPerSecond: number;
  /** Until the last step, at this speed. */
  readonly remainingSeconds: number;
}

/** Scores on the fixed validation set. */
export interface ValidationEvent extends Scores {
  readonly type: "validation";
  readonly step: number;
  /** Whether no validation before was better. */
  readonly best: boolean;
}

/** A sampled text. */
export interface Sample {
  /** Such as `auto_0` or `manual_1`. */
  readonly name: string;
  /** Empty for texts that begin from nothing. */
  readonly prompt: string;
  /** What the model wrote, without the prompt. */
  readonly text: string;
}

export interface SamplesEvent {
  readonly type: "samples";
  readonly step: number;
  readonly samples: readonly Sample[];
  readonly directory: string;
}

export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly directory: string;
}

/** The end, and how it came. */
export interface DoneEvent {
  readonly type: "done";
  readonly step: number;
  readonly reason: "steps" | "patience" | "interrupted";
  /** Seconds of training, all sessions together. */
  readonly seconds: number;
  /** The best validation, if there was one. */
  readonly best: (Scores & { readonly step: number }) | undefined;
  readonly run: string;
  /** Why the curve has no picture beside its page; undefined where it has one. */
  readonly withoutPicture: string | undefined;
}

/** What `train` yields, as it happens. */
export type TrainEvent =
  | StartEvent
  | StepEvent
  | ValidationEvent
  | SamplesEvent
  | CheckpointEvent
  | DoneEvent;

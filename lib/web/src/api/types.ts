import type { TracedToken, TraceStep } from "../../../decoding/trace/types.js";

export type { TracedCandidate, TracedStage, TracedToken, TraceStep } from "../../../decoding/trace/types.js";

/** A model that the server offers. */
export interface ModelInfo {
  readonly name: string;
  readonly state: "closed" | "opening" | "open";
}

/** One token of a path, and how it came about. */
export interface PathStep {
  readonly token: TracedToken;
  /** Under the processed distribution, in nats; null where the chain had ruled it out. */
  readonly logProb: number | null;
  /** 1 for the model's likeliest. */
  readonly rank: number | null;
  /** Of the model's distribution and of the processed one, in nats. */
  readonly entropy: number;
  readonly processedEntropy: number;
}

export interface NextAnswer {
  readonly prompt: readonly TracedToken[];
  readonly path: readonly PathStep[];
  /** What the recipe would do now; null where the path has ended. */
  readonly next: TraceStep | null;
  readonly milliseconds: number;
}

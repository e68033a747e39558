import type { TracedToken, TraceStep } from "../../decoding/index.js";

/** One picked token: what the chain and the model thought of it. */
export interface PathStep {
  readonly token: TracedToken;
  /** Under the processed distribution, in nats; null where the chain had ruled it out. */
  readonly logProb: number | null;
  /** 1 for the model's likeliest; null where the model itself ruled it out. */
  readonly rank: number | null;
  /** Of the model's distribution, and of the processed one, in nats. */
  readonly entropy: number;
  readonly processedEntropy: number;
}

/** Where a path has led, and what the recipe would do now. */
export interface NextAnswer {
  readonly prompt: readonly TracedToken[];
  readonly path: readonly PathStep[];
  /** Null where the path has come to its end. */
  readonly next: TraceStep | null;
  readonly milliseconds: number;
}

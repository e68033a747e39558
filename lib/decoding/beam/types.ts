import type { Tokens } from "../../core/types.js";
import type { FinishReason, StepRows } from "../step.js";

/** One sequence that beam search follows, has finished or has given up. */
export interface Beam {
  /** The prompt and the tokens generated so far. */
  readonly tokens: Tokens;
  /** The last token. */
  readonly token: number;
  /** Sum of the generated tokens' log-probabilities as the processors left them, in nats. */
  readonly logProb: number;
  /** `logProb` divided by the number of generated tokens raised to the length penalty. */
  readonly score: number;
  /** Which of the running beams of the step before it continues, from 0. */
  readonly parent: number;
  /** Only in diverse beam search: which group it belongs to, from 0. */
  readonly group?: number;
  /** Only on beams that have ended. */
  readonly finishReason?: FinishReason;
}

/** What a search compares once it has enough finished beams: it stops when `attainable` is no better than `worst`. */
export interface BeamBound {
  /** The best score that the running beams are thought to reach. */
  readonly attainable: number;
  /** The score of the worst finished beam that is kept. */
  readonly worst: number;
  /** Only in diverse beam search: the group that it is about. */
  readonly group?: number;
}

/**
 * Why a search stopped: "enough" finished beams; the "bound" says that no running beam can do better; or every
 * sequence has "ended" by itself or by a limit.
 */
export type BeamStop = "enough" | "bound" | "ended";

/** The whole frontier after one step. Beams born in it are `running`, `ended` and `pruned` together. */
export interface BeamStep {
  readonly kind: "beams";
  /**
   * Beams that go on, likeliest first (group by group in diverse beam search); on the last step those that the search
   * leaves behind.
   */
  readonly running: readonly Beam[];
  /** Beams that ended in this step, whether or not their score keeps them in `finished`. */
  readonly ended: readonly Beam[];
  /** Continuations that were considered in this step and dropped, in the order they were ranked. */
  readonly pruned: readonly Beam[];
  /** The best finished beams so far, best score first, at most `numBeams`. */
  readonly finished: readonly Beam[];
  /** One for each search (each group) that has enough finished beams to compare with; empty until then. */
  readonly bounds: readonly BeamBound[];
  /** Only on the last step. */
  readonly stopped?: BeamStop;
  /** Only if asked for with `keepRows`: the scores after each beam that this step continued. */
  readonly rows?: readonly StepRows[];
}

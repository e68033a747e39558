import type { Logits, Tokens } from "../core/types.js";
import type { StageRow } from "./processors/chain.js";

/**
 * Why a sequence ended: an end token, a stop string or the caller's rule stopped it; there was no room for more; or
 * the time was up.
 */
export type FinishReason = "stop" | "length" | "time";

/** One generated token. */
export interface Step {
  readonly kind: "token";
  /** Which of several sequences it belongs to, from 0. */
  readonly sequence: number;
  readonly token: number;
  /** Log-probability of the token under the processed distribution, in nats. */
  readonly logProb: number;
  /** The prompt and all tokens generated so far, this one included. */
  readonly tokens: Tokens;
  /** Only on the last step of a sequence. */
  readonly finishReason?: FinishReason;
  /** Only in methods that guess ahead: whether this token was guessed right. */
  readonly guessed?: boolean;
  /** Only if asked for with `keepRows`. */
  readonly rows?: StepRows;
}

/** The scores that a step was chosen from. Rows may be shared between steps and stages: read only. */
export interface StepRows {
  /** As the model gave them. */
  readonly raw: Logits;
  /** After each stage of the chain, in order. */
  readonly stages: readonly StageRow[];
  /** After the whole chain: what the sampler saw. */
  readonly processed: Logits;
}

/** A finished sequence. */
export interface Sequence {
  /** The generated tokens without the prompt, the end token included where one was generated. */
  readonly tokens: Tokens;
  /**
   * Sum of the tokens' log-probabilities under the processed distribution, in nats. Beam methods don't normalise again
   * what processors and a constraint leave, so that theirs are the model's own, as the processors have changed them.
   */
  readonly logProb: number;
  /** What the method ranks its sequences by: `logProb`, except in methods that say otherwise. */
  readonly score: number;
  readonly finishReason: FinishReason;
  /** Only in methods that guess ahead. */
  readonly acceptance?: Acceptance;
}

/** How well a method that guesses ahead has guessed. */
export interface Acceptance {
  /** How many tokens were guessed. */
  readonly guessed: number;
  /** How many of them were accepted. */
  readonly accepted: number;
  /** `accepted / guessed`, 0 if nothing was guessed. */
  readonly rate: number;
  /** How many calls of the model made the sequence; without guesses it takes one for each token. */
  readonly calls: number;
}

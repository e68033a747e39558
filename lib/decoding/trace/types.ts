import type { Tokens } from "../../core/types.js";
import type { CompleteRecipe } from "../methods/index.js";
import type { GeneratedSequence } from "../recipe.js";
import type { FinishReason } from "../step.js";

/** A decode explained. Plain data: `JSON.parse(JSON.stringify(trace))` equals it. */
export interface Trace {
  /** Every default filled in, so that it replays. */
  readonly recipe: CompleteRecipe;
  readonly prompt: { readonly tokens: Tokens; readonly text: string };
  /** In the order they were generated; steps of sequences drawn together take turns. */
  readonly steps: readonly TraceStep[];
  readonly sequences: readonly GeneratedSequence[];
}

/** A token that can be drawn without its tokenizer. */
export interface TracedToken {
  readonly token: number;
  /** Bytes that are no whole character show as U+FFFD. */
  readonly text: string;
  /** Only where `text` shows U+FFFD: the bytes themselves. */
  readonly bytes?: readonly number[];
  /** Only on control tokens such as `<|im_end|>`. */
  readonly special?: true;
}

/** What can be said of one row of scores. */
export interface TracedRow {
  /** How many tokens have a score above -Infinity. */
  readonly tokensLeft: number;
  /** Shannon entropy of the distribution, in nats. */
  readonly entropy: number;
}

/** What one stage of the chain did. */
export interface TracedStage extends TracedRow {
  readonly name: string;
  /**
   * The probability, from 0 to 1, that the tokens which this stage ruled out had in the distribution that it was
   * given. What all stages together leave of that is the product of `1 - massRemoved` where none of them reshapes.
   */
  readonly massRemoved: number;
  /**
   * The share of probability, from 0 to 1, that changed place: half the sum of |after - before| over the vocabulary
   * (total variation). Equals `massRemoved` for a stage that only removes, and 0 for one that did nothing.
   */
  readonly massMoved: number;
}

/** Where a token stands in one distribution. */
export interface Standing {
  /** Between 0 and 1. */
  readonly probability: number;
  /** 1 for the likeliest; of equally likely tokens the lower id comes first. */
  readonly rank: number;
}

/** A token that was among the likeliest before or after the chain, or was chosen. */
export interface TracedCandidate extends TracedToken {
  /** As the model gave it; null where the model itself ruled it out. */
  readonly raw: Standing | null;
  /** After each stage, in order; null while it is ruled out. */
  readonly stages: readonly (Standing | null)[];
  /** After the whole chain; null where it could not be chosen. */
  readonly processed: Standing | null;
  /** The position in the chain of the stage that removed it for good, from 0; null if none did. */
  readonly removedBy: number | null;
}

/** One generated token and how it came about. */
export interface TraceStep {
  /** Which of several sequences it belongs to, from 0. */
  readonly sequence: number;
  /** Which token of its sequence it is, from 0. */
  readonly position: number;
  /** The candidate that was chosen; it is among `candidates` too. */
  readonly chosen: TracedCandidate;
  /** Log-probability of the chosen token under the processed distribution, in nats. */
  readonly logProb: number;
  /** Before the chain. */
  readonly raw: TracedRow;
  /** After the chain: what the sampler saw. */
  readonly processed: TracedRow;
  /**
   * How far the chain moved the distribution: the Kullback-Leibler divergence of the processed one from the model's, in
   * nats. 0 for a chain that did nothing, -ln(mass kept) for one that only removes; null where it lets through a token
   * that the model ruled out.
   */
  readonly divergence: number | null;
  readonly stages: readonly TracedStage[];
  /** By raw rank. */
  readonly candidates: readonly TracedCandidate[];
  /** Only on the last step of a sequence. */
  readonly finishReason?: FinishReason;
}

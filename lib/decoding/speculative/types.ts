import type { Logits, Tokens } from "../../core/types.js";
import type { Chooser } from "../running.js";

/** Tokens that a sequence is guessed to go on with. */
export interface Draft {
  readonly tokens: Tokens;
  /** The processed scores that each of them was drawn from; absent where it was certain to be proposed. */
  readonly rows?: readonly Logits[];
}

/** A sequence that wants a draft. */
export interface DraftRequest {
  readonly sequence: number;
  readonly tokens: Tokens;
  /** The most tokens that the draft may have. */
  readonly room: number;
}

/** Guesses how sequences go on: one draft for each, possibly empty. */
export type Drafter = (requests: readonly DraftRequest[], signal?: AbortSignal) => Promise<Draft[]>;

/**
 * Chooses between a token that was drawn from the draft's scores and one of its own, so that the choice follows the
 * model's scores.
 */
export type Verifier = (logits: Logits, token: number, draftScores: Logits) => number;

/** How one sequence chooses its tokens when some of them are guessed. */
export interface SpeculativeChooser extends Chooser {
  /** For drafts with rows. */
  readonly verify?: Verifier;
}

import type { ChatPrompt } from "../../../chat/prompt.js";
import type { ReplyCost } from "../../../chat/reply.js";
import type { SequenceMeasures } from "../../../decoding/compare/types.js";
import type { GeneratedSequence } from "../../../decoding/recipe.js";
import type { TracedToken, TraceStep } from "../../../decoding/trace/types.js";
import type { TreeStep } from "../../../decoding/tree/types.js";
import type { DrawnBeamStep } from "../../../server/beamJson.js";

export type { ReplyCost } from "../../../chat/reply.js";
export type { GeneratedSequence } from "../../../decoding/recipe.js";
export type { TracedCandidate, TracedStage, TracedToken, TraceStep } from "../../../decoding/trace/types.js";
export type {
  NextAnswer,
  PageAnswer,
  PathStep,
  RunAnswer,
  SampleAnswer,
  SampleSetFacts,
  ScoreAnswer,
  ScoredToken,
} from "../../../server/api/types.js";

/** A model that the server offers. */
export interface ModelInfo {
  readonly name: string;
  readonly state: "closed" | "opening" | "open";
}

/** What comes while a recipe runs: the prompt, pieces of text or frontiers of beams, and the end. */
export type GenerateEvent =
  | { readonly tokens: readonly TracedToken[] }
  | { readonly sequence: number; readonly text: string; readonly trace?: readonly TraceStep[] }
  | DrawnBeamStep
  | { readonly sequences: readonly GeneratedSequence[]; readonly measures?: readonly SequenceMeasures[] };

/** What is shown of a finished sequence. */
export interface Measures extends SequenceMeasures {
  /** exp of the mean surprise under the model's own distribution. */
  readonly perplexity: number;
  /** As seen from the page. */
  readonly seconds: number;
}

/** What comes while a conversation is answered. */
export type ChatEvent =
  | { readonly prompt: ChatPrompt }
  | { readonly piece: string }
  /** What an answer cost is known of the server's own models only. */
  | { readonly text: string; readonly cost?: ReplyCost; readonly finishReason: string };

/** What comes while a beam search grows its tree. */
export type BeamEvent = TreeStep | { readonly sequences: readonly GeneratedSequence[] };

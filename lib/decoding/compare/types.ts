import type { FinishReason } from "../step.js";

/** What one recipe made of the prompt. Plain data, one field a column: `new DataFrame(rows)` is a table of it. */
export interface ComparisonRow extends SequenceMeasures {
  /** The recipe's name. */
  readonly recipe: string;
  /** What the recipe took, all its sequences together, with the prompt already read. */
  readonly seconds: number;
}

/** What can be said of one sequence, and of how it compares with others of the same recipe. */
export interface SequenceMeasures {
  /** Which of the recipe's sequences this is, from 0. */
  readonly sequence: number;
  readonly text: string;
  /** How many tokens were generated, the end token included. */
  readonly tokens: number;
  /** The sequence's `logProb` by the number of its tokens: under the processed distribution, which beams don't normalise. */
  readonly logProbPerToken: number;
  /** The same under the model's own distribution: what makes recipes comparable; -Infinity after a forced token. */
  readonly modelLogProbPerToken: number;
  /** See `distinct`; end tokens aside, as in all measures of text. */
  readonly distinct1: number | null;
  readonly distinct2: number | null;
  readonly distinct3: number | null;
  /** See `repetitionRate`, over 4-grams. */
  readonly repetition: number | null;
  /** BLEU-4 against the recipe's other sequences, whose mean is their Self-BLEU; null for a single one. */
  readonly selfBleu: number | null;
  /** BLEU-4 against the target that was given; left out without one. */
  readonly bleu?: number;
  /** Whether the sequence came to its end, rather than to a limit of length or time. */
  readonly ended: boolean;
  readonly finishReason: FinishReason;
}

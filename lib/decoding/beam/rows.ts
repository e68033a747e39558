import { LogitsError } from "../../core/errors.js";
import { logSumExp } from "../../core/rows.js";
import type { Logits, Tokens } from "../../core/types.js";
import { chain, runStages, spoiltRowError } from "../processors/chain.js";
import type { LogitsProcessor } from "../processors/types.js";
import type { StepRows } from "../step.js";

/** Scores of one beam's continuations: the log-probability of a token is `scores[token] - shift`, in nats. */
export interface BeamRow {
  readonly scores: Logits;
  readonly shift: number;
  /** Only if asked for. */
  readonly rows?: StepRows;
}

/** How beams read the model's scores. */
export interface BeamScoring {
  /** Rewrites log-probabilities; they are not normalised again, as in Hugging Face. Default: leaves them. */
  readonly process?: LogitsProcessor;
  readonly keepRows?: boolean;
}

/**
 * Log-probabilities of the tokens that may follow a beam, after the processors. All of them may be -Infinity: such a
 * beam goes no further.
 * @param adjust changes the log-probabilities in place before the processors see them
 * @throws LogitsError for a row that can't be ordered; it says whether the model or which stage spoilt it
 */
export function beamRow(
  raw: Logits,
  tokens: Tokens,
  scoring: BeamScoring,
  adjust?: (logProbs: Logits) => void,
): BeamRow {
  const shift = totalOf(raw, tokens);
  const { process, keepRows } = scoring;
  // Without anything to change, the raw row will do: a copy of the vocabulary for each beam costs more than the search.
  if (process === undefined && adjust === undefined && !keepRows) return { scores: raw, shift };
  const logProbs = raw.map((score) => score - shift);
  adjust?.(logProbs);
  const stages = keepRows ? runStages(process ?? chain([]), logProbs, tokens) : undefined;
  const scores = stages ? (stages.at(-1)?.logits ?? logProbs) : (process?.(logProbs, tokens) ?? logProbs);
  if (!isOrdered(scores)) throw spoiltRowError(process ?? chain([]), logProbs, tokens);
  return { scores, shift: 0, ...(stages && { rows: { raw, stages, processed: scores } }) };
}

/** The part of a step that carries its rows, if they were asked for. */
export function keptRows(rows: readonly BeamRow[], { keepRows }: BeamScoring): { rows?: StepRows[] } {
  return keepRows ? { rows: rows.flatMap((row) => row.rows ?? []) } : {};
}

function totalOf(raw: Logits, tokens: Tokens): number {
  try {
    return logSumExp(raw);
  } catch (error) {
    if (error instanceof LogitsError) throw spoiltRowError(chain([]), raw, tokens);
    throw error;
  }
}

/** False for NaN and +Infinity. */
function isOrdered(scores: Logits): boolean {
  for (let token = 0; token < scores.length; token++) {
    if (!(scores[token] < Number.POSITIVE_INFINITY)) return false;
  }
  return true;
}

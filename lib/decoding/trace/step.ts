import { OptionError } from "../../core/errors.js";
import type { Tokenizer } from "../../core/types.js";
import type { Step } from "../step.js";
import { traceCandidates } from "./candidates.js";
import { divergence, traceRow, traceStages } from "./stage.js";
import type { TracedCandidate, TraceStep } from "./types.js";

/**
 * Explains one step of `decode(…, { keepRows: true })` from its rows; the model is not asked again.
 * @param top how many of the likeliest tokens to follow through the chain
 * @throws OptionError for a step without rows
 */
export function traceStep(step: Step, promptLength: number, top: number, tokenizer: Tokenizer): TraceStep {
  const { rows, sequence, token, logProb, finishReason } = step;
  if (rows === undefined) {
    throw new OptionError("step", { kind: step.kind, token }, "one that was decoded with `keepRows: true`");
  }
  const candidates = traceCandidates(rows, token, top, tokenizer);
  const raw = traceRow(rows.raw);
  const stages = traceStages(rows.raw, rows.stages);
  const { tokensLeft, entropy } = stages.at(-1) ?? raw;
  return {
    sequence,
    position: step.tokens.length - promptLength - 1,
    chosen: candidates.find((candidate) => candidate.token === token) as TracedCandidate,
    logProb,
    raw,
    processed: { tokensLeft, entropy },
    divergence: divergence(rows.raw, rows.processed),
    stages,
    candidates,
    ...(finishReason && { finishReason }),
  };
}

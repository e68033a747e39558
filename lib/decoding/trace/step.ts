import { OptionError } from "../../core/errors.js";
import type { Tokenizer } from "../../core/types.js";
import type { Step } from "../step.js";
import { traceCandidates } from "./candidates.js";
import { divergence, tracedRow, traceStages } from "./stage.js";
import type { TracedCandidate, TraceStep } from "./types.js";
import { weigh } from "./weigh.js";

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
  const raw = weigh(rows.raw);
  const stages = rows.stages.map(({ name, logits }) => ({ name, row: weigh(logits) }));
  const all = [raw, ...stages.map(({ row }) => row)];
  const processed = all[all.length - 1];
  const candidates = traceCandidates(all, token, top, tokenizer);
  return {
    sequence,
    position: step.tokens.length - promptLength - 1,
    chosen: candidates.find((candidate) => candidate.token === token) as TracedCandidate,
    logProb,
    raw: tracedRow(raw),
    processed: tracedRow(processed),
    divergence: divergence(raw, processed),
    stages: traceStages(raw, stages),
    candidates,
    ...(finishReason && { finishReason }),
  };
}

import { LogitsError } from "../core/errors.js";
import { logSumExp } from "../core/rows.js";
import type { Logits, Tokens } from "../core/types.js";
import { runStages, type StageRow, spoiltRowError } from "./processors/chain.js";
import type { LogitsProcessor } from "./processors/types.js";
import type { Sampler } from "./samplers.js";
import type { Sequence, Step } from "./step.js";
import type { StopRule } from "./stopping.js";

/** How one sequence chooses its tokens. */
export interface Chooser {
  readonly process: LogitsProcessor;
  readonly sample: Sampler;
}

/** A sequence on its way. */
export interface Running extends Chooser {
  readonly sequence: number;
  readonly tokens: Tokens;
  readonly logProb: number;
}

/** A row on its way through the chain. */
export interface ScoredRow {
  readonly raw: Logits;
  readonly processed: Logits;
  /** Only if asked for. */
  readonly stages?: readonly StageRow[];
}

/** Chooses the next token of a sequence from the model's scores. */
export function takeStep(running: Running, raw: Logits, ends: StopRule, keepRows: boolean): Step {
  const scored = scoreRow(running, raw, keepRows);
  const token = guarded(running, raw, () => running.sample(scored.processed));
  return stepWith(running, scored, token, ends);
}

/**
 * Runs the chain over a row.
 * @throws LogitsError that says which stage is to blame where it spoils the row
 */
export function scoreRow(
  running: Pick<Running, "process" | "tokens">,
  raw: Logits,
  keepRows: boolean,
): ScoredRow {
  const { process, tokens } = running;
  return guarded(running, raw, () => {
    if (!keepRows) return { raw, processed: process(raw, tokens) };
    const stages = runStages(process, raw, tokens);
    return { raw, processed: stages.at(-1)?.logits ?? raw, stages };
  });
}

/** The step in which a sequence took a token. */
export function stepWith(running: Running, scored: ScoredRow, token: number, ends: StopRule): Step {
  const { raw, processed, stages } = scored;
  const logProb = guarded(running, raw, () => processed[token] - logSumExp(processed));
  const tokens = [...running.tokens, token];
  const finishReason = ends(tokens);
  return {
    kind: "token",
    sequence: running.sequence,
    token,
    logProb,
    tokens,
    ...(finishReason && { finishReason }),
    ...(stages && { rows: { raw, stages, processed } }),
  };
}

/** The sequence after a step. */
export function advance<SomeRunning extends Running>(running: SomeRunning, step: Step): SomeRunning {
  return { ...running, tokens: step.tokens, logProb: running.logProb + step.logProb };
}

/** What a sequence has become with its last step; undefined if the step is not its last. */
export function finishedWith(step: Step, logProb: number, promptLength: number): Sequence | undefined {
  const { finishReason } = step;
  if (finishReason === undefined) return undefined;
  return { tokens: step.tokens.slice(promptLength), logProb, score: logProb, finishReason };
}

function guarded<T>(
  { process, tokens }: Pick<Running, "process" | "tokens">,
  raw: Logits,
  choose: () => T,
): T {
  try {
    return choose();
  } catch (error) {
    if (error instanceof LogitsError) throw spoiltRowError(process, raw, tokens);
    throw error;
  }
}

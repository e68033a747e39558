import { LogitsError } from "../core/errors.js";
import { logSumExp } from "../core/rows.js";
import type { Logits, Tokens } from "../core/types.js";
import { runStages, type StageRow, spoiltRowError } from "./processors/chain.js";
import { type FastChain, fastChain } from "./processors/fast/chain.js";
import { choose } from "./processors/fast/choose.js";
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
  /** The same as `process`, on the tokens that are left. */
  readonly run: FastChain;
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

/** A sequence that has generated nothing yet. */
export function startOf<SomeChooser extends Chooser>(
  chooser: SomeChooser,
  sequence: number,
  tokens: Tokens,
): SomeChooser & Running {
  return { ...chooser, run: fastChain(chooser.process), sequence, tokens, logProb: 0 };
}

/** Chooses the next token of a sequence from the model's scores. */
export function takeStep(running: Running, raw: Logits, ends: StopRule, keepRows: boolean): Step {
  const { run, sample, tokens } = running;
  if (!keepRows) {
    const { token, logProb } = guarded(running, raw, () => choose(sample, run(raw, tokens), raw.length));
    return stepOf(running, token, logProb, ends);
  }
  const scored = scoreRow(running, raw, keepRows);
  return stepWith(
    running,
    scored,
    guarded(running, raw, () => sample(scored.processed)),
    ends,
  );
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

/** The step in which a sequence took a token of a scored row. */
export function stepWith(running: Running, scored: ScoredRow, token: number, ends: StopRule): Step {
  const { raw, processed, stages } = scored;
  const logProb = guarded(running, raw, () => processed[token] - logSumExp(processed));
  const step = stepOf(running, token, logProb, ends);
  return stages ? { ...step, rows: { raw, stages, processed } } : step;
}

function stepOf({ sequence, tokens: before }: Running, token: number, logProb: number, ends: StopRule): Step {
  const tokens = [...before, token];
  const finishReason = ends(tokens);
  // Adding 0 turns -0, which JSON doesn't know, into 0.
  return {
    kind: "token",
    sequence,
    token,
    logProb: logProb + 0,
    tokens,
    ...(finishReason && { finishReason }),
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

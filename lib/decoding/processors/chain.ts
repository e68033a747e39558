import { LogitsError } from "../../core/errors.js";
import { maxScore } from "../../core/rows.js";
import type { Logits, Tokens } from "../../core/types.js";
import { named } from "./stage.js";
import type { LogitsProcessor } from "./types.js";

/** A processor made of others, which can still be looked at one by one. */
export interface Chain extends LogitsProcessor {
  readonly stages: readonly LogitsProcessor[];
}

/** The scores that one stage of a chain handed on. */
export interface StageRow {
  readonly name: string;
  readonly logits: Logits;
}

/**
 * Runs processors from left to right; an empty chain changes nothing.
 * @example chain([temperature(0.7), topP(0.9)])
 */
export function chain(processors: readonly LogitsProcessor[]): Chain {
  const stages = [...processors];
  const run: LogitsProcessor = (logits, tokens) => stages.reduce((row, stage) => stage(row, tokens), logits);
  return Object.assign(named("chain", run), { stages });
}

/** What each stage of a chain makes of a row; a single processor counts as a chain of one. */
export function runStages(process: LogitsProcessor, raw: Logits, tokens: Tokens): StageRow[] {
  return [...eachStage(process, raw, tokens)];
}

/** The error for a row that can't be chosen from: says whether the model or which stage spoilt it. */
export function spoiltRowError(process: LogitsProcessor, raw: Logits, tokens: Tokens): LogitsError {
  const names = stagesOf(process).map(stageName).join(" → ") || "empty";
  const where = `after ${tokens.length} tokens`;
  const fault = faultOf(raw);
  if (fault !== undefined) return new LogitsError(`the model's scores ${where} are unusable: ${fault}`);
  for (const stage of eachStage(process, raw, tokens)) {
    const fault = faultOf(stage.logits);
    if (fault === undefined) continue;
    return new LogitsError(
      `\`${stage.name}\` left nothing to choose from ${where}: ${fault} (chain: ${names}); loosen it or drop it`,
    );
  }
  return new LogitsError(`the sampler found nothing to choose from ${where} (chain: ${names})`);
}

/** Lazily, since a stage may refuse the row that the one before it spoilt. */
function* eachStage(process: LogitsProcessor, raw: Logits, tokens: Tokens): Generator<StageRow> {
  let logits = raw;
  for (const [index, stage] of stagesOf(process).entries()) {
    logits = stage(logits, tokens);
    yield { name: stageName(stage, index), logits };
  }
}

/** A chain's stages; a single processor is its own only stage. */
export function stagesOf(process: LogitsProcessor): readonly LogitsProcessor[] {
  return (process as Partial<Chain>).stages ?? [process];
}

function stageName(stage: LogitsProcessor, index: number): string {
  return stage.name || `stage ${index + 1}`;
}

function faultOf(row: Logits): string | undefined {
  try {
    maxScore(row);
  } catch (error) {
    if (error instanceof LogitsError) return error.message;
    throw error;
  }
}

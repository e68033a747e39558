import { abortable } from "../core/abort.js";
import { assertPrefix } from "../core/prompt.js";
import type { LanguageModel, Logits, Tokens } from "../core/types.js";
import { advance, type Chooser, finishedWith, type Running, startOf, takeStep } from "./running.js";
import type { Sequence, Step } from "./step.js";
import { type StopLimits, stopRule } from "./stopping.js";

/** What every way of decoding one token at a time needs to know. */
export interface DecodeLimits extends StopLimits {
  /** Aborting it makes the generator throw its reason, in the middle of a model call too. */
  readonly signal?: AbortSignal;
  /** Hands out the scores with each step, for traces. They take 4 bytes for each token and stage. */
  readonly keepRows?: boolean;
}

/**
 * Decodes several sequences from one prompt side by side, one model call for all of them per step. A sequence
 * that finishes leaves the batch; the others go on. Yields the steps in the order of the sequences, and gives back
 * the finished sequences in that order.
 * @throws as `decode`
 */
export async function* decodeSequences(
  model: LanguageModel,
  prompt: Tokens,
  choosers: readonly Chooser[],
  limits: DecodeLimits,
): AsyncGenerator<Step, Sequence[]> {
  assertPrefix(prompt, model);
  const start = [...prompt];
  const ends = stopRule(limits, start.length, model.contextLength);
  const finished: Sequence[] = [];
  let running = choosers.map((chooser, sequence): Running => startOf(chooser, sequence, start));
  while (running.length > 0) {
    const rows = await nextRows(model, running, limits.signal);
    const steps = running.map((row, index) =>
      takeStep(row, rows[index] as Logits, ends, limits.keepRows === true),
    );
    const advanced = running.map((row, index) => advance(row, steps[index] as Step));
    for (const [index, step] of steps.entries()) {
      limits.signal?.throwIfAborted();
      const { sequence, logProb } = advanced[index] as Running;
      const done = finishedWith(step, logProb, start.length);
      if (done) finished[sequence] = done;
      yield step;
    }
    running = advanced.filter((_, index) => steps[index]?.finishReason === undefined);
  }
  return finished;
}

/** One row of scores for each sequence. Before the first token all share the prompt, which is read once. */
async function nextRows(
  model: LanguageModel,
  running: readonly Running[],
  signal: AbortSignal | undefined,
): Promise<Logits[]> {
  signal?.throwIfAborted();
  const first = running[0] as Running;
  const shared = running.every((row) => row.tokens === first.tokens);
  const prefixes = shared ? [first.tokens] : running.map((row) => row.tokens);
  const rows = await abortable(model.nextLogits(prefixes, signal), signal);
  return shared ? running.map(() => rows[0] as Logits) : rows;
}

import { abortable } from "../core/abort.js";
import { giveBack } from "../core/rowReuse.js";
import type { LanguageModel, Logits, Tokens } from "../core/types.js";
import { type DecodeLimits, decodeInRounds } from "./rounds.js";
import { advance, type Chooser, type Running, startOf, takeStep } from "./running.js";
import type { Sequence, Step } from "./step.js";
import type { StopRule } from "./stopping.js";

/**
 * Decodes several sequences from one prompt side by side, one model call for all of them per step. A sequence
 * that finishes leaves the batch; the others go on. Yields the steps in the order of the sequences, and gives back
 * the finished sequences in that order.
 * @throws as `decode`
 */
export function decodeSequences(
  model: LanguageModel,
  prompt: Tokens,
  choosers: readonly Chooser[],
  limits: DecodeLimits,
): AsyncGenerator<Step, Sequence[]> {
  const rounds = {
    begin: (start: Tokens) => choosers.map((chooser, sequence): Running => startOf(chooser, sequence, start)),
    async play(running: readonly Running[], ends: StopRule) {
      const keepRows = limits.keepRows === true;
      const rows = await nextRows(model, running, limits.signal);
      const turns = running.map((row, index) => {
        const step = takeStep(row, rows[index], ends, keepRows);
        return [[step, advance(row, step)] as const];
      });
      if (!keepRows) giveBack(model, rows);
      return turns;
    },
  };
  return decodeInRounds(model, prompt, rounds, limits);
}

/** One row of scores for each sequence. Before the first token all share the prompt, which is read once. */
async function nextRows(
  model: LanguageModel,
  running: readonly Running[],
  signal: AbortSignal | undefined,
): Promise<Logits[]> {
  const first = running[0] as Running;
  const shared = running.every((row) => row.tokens === first.tokens);
  const prefixes = shared ? [first.tokens] : running.map((row) => row.tokens);
  const rows = await abortable(model.nextLogits(prefixes, signal), signal);
  return shared ? running.map(() => rows[0] as Logits) : rows;
}

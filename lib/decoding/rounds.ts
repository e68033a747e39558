import type { OptionNames } from "../core/options.js";
import { assertPrefix } from "../core/prompt.js";
import type { LanguageModel, Tokens } from "../core/types.js";
import { finishedWith, type Running } from "./running.js";
import type { Sequence, Step } from "./step.js";
import { type StopLimits, type StopRule, stopRule } from "./stopping.js";

/** What every way of decoding one token at a time needs to know. */
export interface DecodeLimits extends StopLimits {
  /** Aborting it makes the generator throw its reason, in the middle of a model call too. */
  readonly signal?: AbortSignal;
  /** Hands out the scores with each step, for traces. They take 4 bytes for each token and stage. */
  readonly keepRows?: boolean;
}

/** The names of `DecodeLimits`. */
export const limitNames: OptionNames<DecodeLimits> = {
  maxNewTokens: true,
  stopTokens: true,
  stopWhen: true,
  maxTime: true,
  clock: true,
  signal: true,
  keepRows: true,
};

/** What a round makes of one sequence: its next steps, each with the sequence as the step leaves it. */
export type Turn<SomeRunning extends Running> = Iterable<readonly [step: Step, after: SomeRunning]>;

/** How sequences go on side by side. */
export interface Rounds<SomeRunning extends Running> {
  /** The sequences before their first token, from the prompt's tokens, which they share. */
  begin(start: Tokens): SomeRunning[];
  /** The turns of all sequences that still run, in their order; all model calls are made here. */
  play(running: readonly SomeRunning[], ends: StopRule): Promise<readonly Turn<SomeRunning>[]>;
  /** A finished sequence with what the method has to say about it. */
  finish?(sequence: Sequence, last: SomeRunning): Sequence;
}

/**
 * Decodes sequences from one prompt side by side, round by round. A sequence that finishes leaves; the others go on.
 * Yields the steps of a round in the order of the sequences, and gives back the finished sequences in that order.
 * @throws as `decode`
 */
export async function* decodeInRounds<SomeRunning extends Running>(
  model: LanguageModel,
  prompt: Tokens,
  rounds: Rounds<SomeRunning>,
  limits: DecodeLimits,
): AsyncGenerator<Step, Sequence[]> {
  assertPrefix(prompt, model);
  const ends = stopRule(limits, prompt.length, model.contextLength);
  const finished: Sequence[] = [];
  let running = rounds.begin([...prompt]);
  while (running.length > 0) {
    limits.signal?.throwIfAborted();
    const next: SomeRunning[] = [];
    for (const turn of await rounds.play(running, ends)) {
      let last: SomeRunning | undefined;
      for (const [step, after] of turn) {
        limits.signal?.throwIfAborted();
        const done = finishedWith(step, after.logProb, prompt.length);
        if (done) finished[after.sequence] = rounds.finish?.(done, after) ?? done;
        last = done ? undefined : after;
        yield step;
      }
      if (last) next.push(last);
    }
    running = next;
  }
  return finished;
}

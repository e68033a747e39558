import { abortable } from "../../core/abort.js";
import { assertPrefix } from "../../core/prompt.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { advance, finishedWith, type Running, startOf, takeStep } from "../running.js";
import type { Sampler } from "../samplers.js";
import type { DecodeLimits } from "../sequences.js";
import type { Acceptance, Sequence, Step } from "../step.js";
import { type StopRule, stopRule } from "../stopping.js";
import type { Draft, Drafter, SpeculativeChooser } from "./types.js";

/** A sequence on its way, with its counts. */
interface Guessing extends Running, SpeculativeChooser {
  readonly guessed: number;
  readonly accepted: number;
  readonly calls: number;
}

/**
 * Decodes with guesses: each round drafts a few tokens for every sequence, asks the model for the scores after all of
 * them in one call, and goes through them one by one as plain decoding would, up to the first that it would not have
 * chosen. So the tokens are those of plain decoding (the distribution, where drafts are drawn), in fewer calls.
 * Yields a sequence's tokens of a round one after another, and gives back the sequences with their acceptance.
 * @throws as `decode`
 */
export async function* decodeSpeculatively(
  model: LanguageModel,
  prompt: Tokens,
  choosers: readonly SpeculativeChooser[],
  drafter: Drafter,
  limits: DecodeLimits,
): AsyncGenerator<Step, Sequence[]> {
  assertPrefix(prompt, model);
  const start = [...prompt];
  const ends = stopRule(limits, start.length, model.contextLength);
  const finished: Sequence[] = [];
  let running = choosers.map((chooser, sequence): Guessing => {
    return { ...startOf(chooser, sequence, start), guessed: 0, accepted: 0, calls: 0 };
  });
  while (running.length > 0) {
    limits.signal?.throwIfAborted();
    const drafts = await drafter(
      running.map((row) => requestOf(row, start.length, model, limits)),
      limits.signal,
    );
    const rows = await rowsAlong(model, running, drafts, limits.signal);
    const next: Guessing[] = [];
    for (const [index, row] of running.entries()) {
      const draft = drafts[index];
      let now: Guessing = { ...row, guessed: row.guessed + draft.tokens.length, calls: row.calls + 1 };
      let done: Sequence | undefined;
      for (const step of walk(now, draft, rows[index], ends, limits.keepRows === true)) {
        limits.signal?.throwIfAborted();
        now = { ...advance(now, step), accepted: now.accepted + (step.guessed ? 1 : 0) };
        done = finishedWith(step, now.logProb, start.length);
        if (done) finished[row.sequence] = { ...done, acceptance: acceptanceOf(now) };
        yield step;
      }
      if (!done) next.push(now);
    }
    running = next;
  }
  return finished;
}

/** Leaves room for the token that the model adds to the draft, and for the model to read the draft. */
function requestOf(
  row: Guessing,
  promptLength: number,
  model: LanguageModel,
  { maxNewTokens }: DecodeLimits,
) {
  const { sequence, tokens } = row;
  const room = Math.min(
    maxNewTokens - (tokens.length - promptLength) - 1,
    model.contextLength - tokens.length,
  );
  return { sequence, tokens, room };
}

/** For each sequence the scores after it, and after each further token of its draft, in one call for all. */
async function rowsAlong(
  model: LanguageModel,
  running: readonly Guessing[],
  drafts: readonly Draft[],
  signal: AbortSignal | undefined,
): Promise<Logits[][]> {
  const paths = running.map(({ tokens }, index) => {
    const text = [...tokens, ...drafts[index].tokens];
    return drafts[index].tokens.map((_, at) => text.slice(0, tokens.length + at)).concat([text]);
  });
  const rows = await abortable(model.nextLogits(paths.flat(), signal), signal);
  let from = 0;
  return paths.map((path) => {
    from += path.length;
    return rows.slice(from - path.length, from);
  });
}

/** The steps of one sequence in one round: along its draft as far as it holds, and one token further. */
function* walk(
  start: Guessing,
  draft: Draft,
  rows: readonly Logits[],
  ends: StopRule,
  keepRows: boolean,
): Generator<Step> {
  let running = start;
  for (const [at, raw] of rows.entries()) {
    const guess = draft.tokens[at];
    const plain = takeStep({ ...running, sample: samplerAt(running, draft, at) }, raw, ends, keepRows);
    const guessed = at < draft.tokens.length && plain.token === guess;
    yield { ...plain, guessed };
    if (!guessed || plain.finishReason !== undefined) return;
    running = advance(running, plain);
  }
}

/**
 * A token that was certain to be proposed is compared with the sequence's own choice, which is the same as rejecting
 * it by probability and draws the same random numbers as plain decoding.
 */
function samplerAt({ sample, verify }: Guessing, { tokens, rows }: Draft, at: number): Sampler {
  if (verify === undefined || rows === undefined || at >= tokens.length) return sample;
  return (logits) => verify(logits, tokens[at], rows[at]);
}

function acceptanceOf({ guessed, accepted, calls }: Guessing): Acceptance {
  return { guessed, accepted, rate: guessed === 0 ? 0 : accepted / guessed, calls };
}

import { abortable } from "../../core/abort.js";
import { giveBack } from "../../core/rowReuse.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { type DecodeLimits, decodeInRounds, type Rounds } from "../rounds.js";
import { advance, type Running, startOf, takeStep } from "../running.js";
import type { Sampler } from "../samplers.js";
import type { Acceptance, Sequence, Step } from "../step.js";
import type { StopRule } from "../stopping.js";
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
export function decodeSpeculatively(
  model: LanguageModel,
  prompt: Tokens,
  choosers: readonly SpeculativeChooser[],
  drafter: Drafter,
  limits: DecodeLimits,
): AsyncGenerator<Step, Sequence[]> {
  const rounds: Rounds<Guessing> = {
    begin: (start) =>
      choosers.map((chooser, sequence) => {
        return { ...startOf(chooser, sequence, start), guessed: 0, accepted: 0, calls: 0 };
      }),
    async play(running, ends) {
      const requests = running.map((row) => requestOf(row, prompt.length, model, limits));
      const drafts = await drafter(requests, limits.signal);
      const rows = await rowsAlong(model, running, drafts, limits.signal);
      const keepRows = limits.keepRows === true;
      return running.map((row, index) => {
        const turn = walk(row, drafts[index], rows[index], ends, keepRows);
        return keepRows ? turn : givingBack(model, rows[index], turn);
      });
    },
    finish: (sequence, last) => ({ ...sequence, acceptance: acceptanceOf(last) }),
  };
  return decodeInRounds(model, prompt, rounds, limits);
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

/** The turn of one sequence: along its draft as far as it holds, and one token further. */
function* walk(
  before: Guessing,
  draft: Draft,
  rows: readonly Logits[],
  ends: StopRule,
  keepRows: boolean,
): Generator<readonly [Step, Guessing]> {
  const { guessed, calls } = before;
  let running: Guessing = { ...before, guessed: guessed + draft.tokens.length, calls: calls + 1 };
  for (const [at, raw] of rows.entries()) {
    const sample = samplerAt(running, draft, at);
    const plain = takeStep({ ...running, sample }, raw, ends, keepRows);
    const right = at < draft.tokens.length && plain.token === draft.tokens[at];
    running = { ...advance(running, plain), accepted: running.accepted + (right ? 1 : 0) };
    yield [{ ...plain, guessed: right }, running];
    if (!right || plain.finishReason !== undefined) return;
  }
}

/** A turn whose rows are given back once it is over. */
function* givingBack<Item>(
  model: LanguageModel,
  rows: readonly Logits[],
  turn: Iterable<Item>,
): Generator<Item> {
  try {
    yield* turn;
  } finally {
    giveBack(model, rows);
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

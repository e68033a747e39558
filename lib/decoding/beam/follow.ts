import { abortable } from "../../core/abort.js";
import { assertPrefix } from "../../core/prompt.js";
import { giveBack } from "../../core/rowReuse.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { chain, spoiltRowError } from "../processors/chain.js";
import type { BeamScoring } from "./rows.js";
import type { Beam, BeamStep } from "./types.js";

/** What a method makes of its running beams, given the model's raw scores after each of them. */
export type Advance = (running: readonly Beam[], raw: readonly Logits[]) => BeamStep;

/** The beam that every search starts from: the prompt, and nothing generated. */
export function rootBeam(prompt: Tokens): Beam {
  return { tokens: [...prompt], token: -1, logProb: 0, score: 0, parent: -1 };
}

/**
 * The loop that beam methods share: one model call per step for all running beams, until a step says why it is the
 * last. Yields each step, and gives back the last one.
 * @throws LogitsError where no beam can go on and none has finished; otherwise as `decode`
 */
export async function* followBeams(
  model: LanguageModel,
  roots: readonly Beam[],
  advance: Advance,
  options: BeamScoring & { readonly signal?: AbortSignal },
): AsyncGenerator<BeamStep, BeamStep> {
  const { signal, keepRows, process = chain([]) } = options;
  for (const { tokens } of roots) assertPrefix(tokens, model);
  let running = roots;
  for (;;) {
    signal?.throwIfAborted();
    const raw = await rowsOf(model, running, signal);
    const step = advance(running, raw);
    if (step.running.length + step.ended.length + step.finished.length === 0) {
      throw spoiltRowError(process, raw[0], running[0].tokens);
    }
    if (!keepRows) giveBack(model, raw);
    yield step;
    if (step.stopped !== undefined) return step;
    running = step.running;
  }
}

/** One row for each beam; beams that share their tokens, as groups do at the start, share the row. */
async function rowsOf(
  model: LanguageModel,
  running: readonly Beam[],
  signal: AbortSignal | undefined,
): Promise<Logits[]> {
  const prefixes = [...new Set(running.map(({ tokens }) => tokens))];
  const rows = await abortable(model.nextLogits(prefixes, signal), signal);
  return running.map(({ tokens }) => rows[prefixes.indexOf(tokens)]);
}

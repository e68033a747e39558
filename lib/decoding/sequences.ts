import { abortable } from "../core/abort.js";
import { LogitsError } from "../core/errors.js";
import { assertPrefix } from "../core/prompt.js";
import { logSumExp } from "../core/rows.js";
import type { LanguageModel, Logits, Tokens } from "../core/types.js";
import { runStages, spoiltRowError } from "./processors/chain.js";
import { type FastChain, fastChain } from "./processors/fast/chain.js";
import { choose } from "./processors/fast/choose.js";
import type { LogitsProcessor } from "./processors/types.js";
import type { Sampler } from "./samplers.js";
import type { Sequence, Step, StepRows } from "./step.js";
import { type StopLimits, type StopRule, stopRule } from "./stopping.js";

/** What every way of decoding one token at a time needs to know. */
export interface DecodeLimits extends StopLimits {
  /** Aborting it makes the generator throw its reason, in the middle of a model call too. */
  readonly signal?: AbortSignal;
  /** Hands out the scores with each step, for traces. They take 4 bytes for each token and stage. */
  readonly keepRows?: boolean;
}

/** How one sequence chooses its tokens. */
export interface Chooser {
  readonly process: LogitsProcessor;
  readonly sample: Sampler;
}

/** A sequence on its way. */
interface Running extends Chooser {
  readonly run: FastChain;
  readonly sequence: number;
  readonly tokens: Tokens;
  readonly logProb: number;
}

interface Chosen {
  readonly token: number;
  readonly logProb: number;
  readonly rows?: StepRows;
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
  let running: Running[] = choosers.map((chooser, sequence) => ({
    ...chooser,
    run: fastChain(chooser.process),
    sequence,
    tokens: start,
    logProb: 0,
  }));
  while (running.length > 0) {
    const rows = await nextRows(model, running, limits.signal);
    const steps = running.map((row, index) =>
      takeStep(row, rows[index] as Logits, ends, limits.keepRows === true),
    );
    const advanced = running.map((row, index) => advance(row, steps[index] as Step));
    for (const [index, step] of steps.entries()) {
      limits.signal?.throwIfAborted();
      const { sequence, logProb } = advanced[index] as Running;
      if (step.finishReason !== undefined) {
        const tokens = step.tokens.slice(start.length);
        finished[sequence] = { tokens, logProb, score: logProb, finishReason: step.finishReason };
      }
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

function takeStep(row: Running, raw: Logits, ends: StopRule, keepRows: boolean): Step {
  const { token, logProb, rows } = runGuarded<Chosen>(row, raw, () =>
    keepRows ? chooseInView(row, raw) : choose(row.sample, row.run(raw, row.tokens), raw.length),
  );
  const tokens = [...row.tokens, token];
  const finishReason = ends(tokens);
  return {
    kind: "token",
    sequence: row.sequence,
    token,
    logProb,
    tokens,
    ...(finishReason && { finishReason }),
    ...(rows && { rows }),
  };
}

/** The same choice, with what each stage made of the row. */
function chooseInView(row: Running, raw: Logits): Chosen {
  const stages = runStages(row.process, raw, row.tokens);
  const processed = stages.at(-1)?.logits ?? raw;
  const token = row.sample(processed);
  return { token, logProb: processed[token] - logSumExp(processed), rows: { raw, stages, processed } };
}

/** Says which stage is to blame where a row can't be chosen from. */
function runGuarded<T>(row: Running, raw: Logits, choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    if (error instanceof LogitsError) throw spoiltRowError(row.process, raw, row.tokens);
    throw error;
  }
}

function advance(row: Running, step: Step): Running {
  return { ...row, tokens: step.tokens, logProb: row.logProb + step.logProb };
}

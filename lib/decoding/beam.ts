import { abortable } from "../core/abort.js";
import { OptionError } from "../core/errors.js";
import { assertPrefix } from "../core/prompt.js";
import { logSumExp } from "../core/rows.js";
import { topIndices } from "../core/top.js";
import type { LanguageModel, Logits, Tokens } from "../core/types.js";
import type { FinishReason, Sequence } from "./step.js";

export interface BeamOptions {
  /** How many sequences to follow at once, a whole number from 1. */
  readonly numBeams: number;
  /** The most tokens to generate, a whole number from 1. */
  readonly maxNewTokens: number;
  /** Tokens that end a sequence. Default none. */
  readonly stopTokens?: readonly number[];
  /** Beams compare by logProb / generatedLength^lengthPenalty: above 0 favours long ones. Default 1. */
  readonly lengthPenalty?: number;
  /**
   * When to stop with `numBeams` finished sequences: true at once; false when the best running beam scores no
   * better than the worst of them; "never" when no continuation can. Default false, as in Hugging Face.
   */
  readonly earlyStopping?: boolean | "never";
  readonly signal?: AbortSignal;
}

/** One sequence that beam search follows or has finished. */
export interface Beam {
  /** The prompt and the tokens generated so far. */
  readonly tokens: Tokens;
  /** The last token. */
  readonly token: number;
  /** Sum of the generated tokens' log-probabilities, in nats. */
  readonly logProb: number;
  /** `logProb` divided by the number of generated tokens raised to the length penalty. */
  readonly score: number;
  /** Which of the running beams of the step before it continues, from 0. */
  readonly parent: number;
  /** Only on finished beams. */
  readonly finishReason?: FinishReason;
}

/** The whole frontier after one step. */
export interface BeamStep {
  readonly kind: "beams";
  /** Beams that go on, likeliest first. */
  readonly running: readonly Beam[];
  /** The best finished beams so far, best score first, at most `numBeams`. */
  readonly finished: readonly Beam[];
}

type Settings = Required<Omit<BeamOptions, "signal">> & { readonly promptLength: number };

/**
 * Follows the `numBeams` likeliest sequences at once, one model call per step, and yields the frontier after each.
 * Gives back the finished sequences, best first. Scores are normalised by generated length, as Hugging Face does;
 * a beam that ends counts only if it is among the `numBeams` likeliest candidates of its step.
 * @throws OptionError for a number of beams or tokens below 1; otherwise as `decode`
 */
export async function* beamSearch(
  model: LanguageModel,
  prompt: Tokens,
  options: BeamOptions,
): AsyncGenerator<BeamStep, Sequence[]> {
  const settings = readSettings(options, prompt);
  assertPrefix(prompt, model);
  let running: readonly Beam[] = [{ tokens: [...prompt], token: -1, logProb: 0, score: 0, parent: -1 }];
  let finished: readonly Beam[] = [];
  while (running.length > 0) {
    options.signal?.throwIfAborted();
    const prefixes = running.map((beam) => beam.tokens);
    const rows = await abortable(model.nextLogits(prefixes, options.signal), options.signal);
    const step = advance(running, finished, rows, settings, model.contextLength);
    ({ running, finished } = step);
    yield step;
    if (isSettled(running, finished, settings)) break;
  }
  return finished.map((beam) => ({
    tokens: beam.tokens.slice(prompt.length),
    logProb: beam.logProb,
    score: beam.score,
    finishReason: beam.finishReason as FinishReason,
  }));
}

function readSettings(options: BeamOptions, prompt: Tokens): Settings {
  const { numBeams, maxNewTokens, stopTokens = [], lengthPenalty = 1, earlyStopping = false } = options;
  for (const [name, value] of Object.entries({ numBeams, maxNewTokens })) {
    if (!Number.isInteger(value) || value < 1) throw new OptionError(name, value, "a whole number from 1");
  }
  if (!Number.isFinite(lengthPenalty)) throw new OptionError("lengthPenalty", lengthPenalty, "a number");
  return { numBeams, maxNewTokens, stopTokens, lengthPenalty, earlyStopping, promptLength: prompt.length };
}

function advance(
  running: readonly Beam[],
  finished: readonly Beam[],
  rows: readonly Logits[],
  settings: Settings,
  contextLength: number,
): BeamStep {
  const { numBeams, stopTokens, maxNewTokens, promptLength } = settings;
  const candidates = likeliestContinuations(running, rows, settings);
  const ended = candidates.slice(0, numBeams).filter((beam) => stopTokens.includes(beam.token));
  const open = candidates.filter((beam) => !stopTokens.includes(beam.token)).slice(0, numBeams);
  const length = (running[0] as Beam).tokens.length + 1;
  const full = length - promptLength >= maxNewTokens || length > contextLength;
  const over = [...finished, ...ended.map((beam) => finish(beam, "stop"))];
  if (full) over.push(...open.map((beam) => finish(beam, "length")));
  // A stable sort: of equal scores the sequence that finished first stays ahead.
  const best = over.sort((a, b) => b.score - a.score).slice(0, numBeams);
  return { kind: "beams", running: full ? [] : open, finished: best };
}

/** Enough candidates that `numBeams` are left when every stop token is among them, likeliest first. */
function likeliestContinuations(
  running: readonly Beam[],
  rows: readonly Logits[],
  settings: Settings,
): Beam[] {
  const { numBeams, stopTokens, lengthPenalty, promptLength } = settings;
  const candidates = running.flatMap((beam, parent) => {
    const row = rows[parent] as Logits;
    const total = logSumExp(row);
    const length = beam.tokens.length + 1 - promptLength;
    return topIndices(row, numBeams + stopTokens.length)
      .filter((token) => row[token] !== Number.NEGATIVE_INFINITY)
      .map((token) => {
        const logProb = beam.logProb + row[token] - total;
        return { beam, token, logProb, score: logProb / length ** lengthPenalty, parent };
      });
  });
  return candidates
    .sort((a, b) => b.logProb - a.logProb)
    .slice(0, numBeams * (1 + stopTokens.length))
    .map(({ beam, ...rest }) => ({ ...rest, tokens: [...beam.tokens, rest.token] }));
}

function finish(beam: Beam, finishReason: FinishReason): Beam {
  return { ...beam, finishReason };
}

/** Whether the running beams can no longer change the result. */
function isSettled(running: readonly Beam[], finished: readonly Beam[], settings: Settings): boolean {
  const { numBeams, maxNewTokens, lengthPenalty, earlyStopping, promptLength } = settings;
  const best = running[0];
  if (best === undefined) return true;
  if (finished.length < numBeams) return false;
  if (earlyStopping === true) return true;
  const length = best.tokens.length - promptLength;
  // Log-probabilities only fall, so a penalty above 0 leaves the best hope to the longest text, and one below 0
  // to the shortest.
  const hopeful = earlyStopping === "never" && lengthPenalty > 0 ? maxNewTokens : length;
  return best.logProb / hopeful ** lengthPenalty <= (finished.at(-1) as Beam).score;
}

import { OptionError } from "../../core/errors.js";
import type { LanguageModel, Tokens } from "../../core/types.js";
import { assertCount } from "../assertCount.js";
import type { DecodeLimits } from "../rounds.js";
import type { FinishReason, Sequence } from "../step.js";
import { type StopRule, stopRule } from "../stopping.js";
import type { Continuation } from "./continuations.js";
import type { Beam, BeamBound, BeamStop } from "./types.js";

/** How Hugging Face's beam methods rank beams and decide when to stop. */
export interface BeamRanking {
  /** Beams compare by logProb / generatedLength^lengthPenalty: above 0 favours long ones. Default 1. */
  readonly lengthPenalty?: number;
  /**
   * When to stop with enough finished sequences: true at once; false when the best running beam scores no better
   * than the worst of them; "never" when no continuation can (as long as processors don't raise log-probabilities
   * above 0). Default false, as in Hugging Face.
   */
  readonly earlyStopping?: boolean | "never";
}

/** What one search, or one group of a diverse search, ranks and stops by. */
export interface FrontierRules extends Required<BeamRanking> {
  /** How many beams run, and how many finished ones are enough. */
  readonly numBeams: number;
  readonly promptLength: number;
  /** The most tokens that a sequence can have, the prompt aside. */
  readonly longest: number;
  readonly ends: StopRule;
  /**
   * Which candidate stands for what can still be reached: the best that runs on, or the best of all, ended ones
   * included. The latter stops a little later.
   */
  readonly hopefulest: "running" | "candidates";
}

/** What becomes of one step's candidates. */
export interface Frontier {
  readonly running: readonly Beam[];
  readonly ended: readonly Beam[];
  readonly pruned: readonly Beam[];
  readonly finished: readonly Beam[];
  readonly bound?: BeamBound;
  readonly stopped?: BeamStop;
}

/**
 * Reads the options that the beam methods share.
 * @throws OptionError for a number of beams or tokens below 1, or a length penalty that is no number
 */
export function frontierRules(
  model: LanguageModel,
  prompt: Tokens,
  numBeams: number,
  options: BeamRanking & DecodeLimits,
): FrontierRules {
  const { lengthPenalty = 1, earlyStopping = false, maxNewTokens } = options;
  assertCount("numBeams", numBeams);
  if (!Number.isFinite(lengthPenalty)) throw new OptionError("lengthPenalty", lengthPenalty, "a number");
  return {
    numBeams,
    lengthPenalty,
    earlyStopping,
    promptLength: prompt.length,
    longest: Math.min(maxNewTokens, model.contextLength + 1 - prompt.length),
    ends: stopRule(options, prompt.length, model.contextLength),
    hopefulest: "running",
  };
}

/** How many continuations to look at, so that `numBeams` are left when every stop token is among them. */
export function candidateCount(numBeams: number, stopTokens: readonly number[] = []): number {
  return Math.max(2, 1 + stopTokens.length) * numBeams;
}

/** The beams that continuations lead to, with their scores. */
export function toBeams(
  running: readonly Beam[],
  continuations: readonly Continuation[],
  rules: Pick<FrontierRules, "promptLength" | "lengthPenalty">,
): Beam[] {
  return continuations.map(({ parent, token, logProb }) => {
    const tokens = [...running[parent].tokens, token];
    const score = logProb / (tokens.length - rules.promptLength) ** rules.lengthPenalty;
    const { group } = running[parent];
    return { tokens, token, logProb, score, parent, ...(group !== undefined && { group }) };
  });
}

/**
 * Sorts one step's candidates into beams that end, run on or are dropped. One that ends counts only among the first
 * `numBeams` candidates; the likeliest `numBeams` of the others run on.
 * @param candidates likeliest first, or in the order they were drawn
 */
export function advanceFrontier(
  candidates: readonly Beam[],
  finishedBefore: readonly Beam[],
  rules: FrontierRules,
): Frontier {
  const { numBeams, ends } = rules;
  const judged = candidates.map((beam) => endedBy(beam, ends(beam.tokens)));
  const open = judged.filter(({ finishReason }) => finishReason === undefined);
  const running = open.sort((a, b) => b.logProb - a.logProb).slice(0, numBeams);
  const ended = judged.slice(0, numBeams).filter(({ finishReason }) => finishReason !== undefined);
  const alive = new Set([...running, ...ended]);
  const pruned = judged.filter((beam) => !alive.has(beam));
  const finished = bestFirst([...finishedBefore, ...ended]).slice(0, numBeams);
  const best = rules.hopefulest === "running" ? running : candidates;
  const bound = boundOf(best, finished, rules);
  const stopped = stopOf(running, finished, bound, rules);
  return { running, ended, pruned, finished, ...(bound && { bound }), ...(stopped && { stopped }) };
}

/** By score; a stable sort, so that of equal scores the beam that finished first stays ahead. */
export function bestFirst(beams: Beam[]): Beam[] {
  return beams.sort((a, b) => b.score - a.score);
}

/** The finished sequences, without the prompt. */
export function toSequences(finished: readonly Beam[], promptLength: number): Sequence[] {
  return finished.map(({ tokens, logProb, score, finishReason = "length" }) => ({
    tokens: tokens.slice(promptLength),
    logProb,
    score,
    finishReason,
  }));
}

/** The beam with the reason for its end, if it has one. */
export function endedBy(beam: Beam, finishReason: FinishReason | undefined): Beam {
  return finishReason === undefined ? beam : { ...beam, finishReason };
}

function boundOf(
  best: readonly Beam[],
  finished: readonly Beam[],
  { numBeams, earlyStopping, lengthPenalty, longest, promptLength }: FrontierRules,
): BeamBound | undefined {
  if (best.length === 0 || finished.length < numBeams) return undefined;
  // Log-probabilities only fall, so a penalty above 0 leaves the best hope to the longest text, and one below 0
  // to the shortest.
  const reach =
    earlyStopping === "never" && lengthPenalty > 0 ? longest : best[0].tokens.length - promptLength;
  const worst = finished[finished.length - 1].score;
  return { attainable: best[0].logProb / reach ** lengthPenalty, worst };
}

function stopOf(
  running: readonly Beam[],
  finished: readonly Beam[],
  bound: BeamBound | undefined,
  { numBeams, earlyStopping }: FrontierRules,
): BeamStop | undefined {
  if (earlyStopping === true && finished.length >= numBeams) return "enough";
  if (running.length === 0) return "ended";
  return bound !== undefined && bound.attainable <= bound.worst ? "bound" : undefined;
}

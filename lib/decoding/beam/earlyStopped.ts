import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { LanguageModel, Tokens } from "../../core/types.js";
import { type DecodeLimits, limitNames } from "../rounds.js";
import type { Sequence } from "../step.js";
import { topContinuations } from "./continuations.js";
import { type Advance, followBeams, rootBeam } from "./follow.js";
import { bestFirst, endedBy, frontierRules, toBeams, toSequences } from "./frontier.js";
import { type BeamScoring, beamRow, keptRows } from "./rows.js";
import type { Beam, BeamStep } from "./types.js";

export interface EarlyStoppedBeamOptions extends BeamScoring, DecodeLimits {
  /** How many sequences to follow at once, and how many finished ones end the search; a whole number from 1. */
  readonly numBeams: number;
  /** Finished sequences compare by logProb / generatedLength^lengthPenalty, the end token counted. Default 1. */
  readonly lengthPenalty?: number;
}

const names: OptionNames<EarlyStoppedBeamOptions> = {
  ...limitNames,
  process: true,
  numBeams: true,
  lengthPenalty: true,
};

/**
 * The simplest beam search that finishes: every step takes the `numBeams` likeliest continuations of all running
 * beams, sets those that end aside, and goes on with the rest, so that fewer than `numBeams` may run until the next
 * step fills them up. It stops with `numBeams` finished sequences (more if several end in the last step), without
 * asking whether a running one could do better. Beams that run compare by log-probability, finished ones by score.
 *
 * Gives back the finished sequences, best first; where a limit came before `numBeams` had finished, those that it
 * cut off follow, best first, with `length` (or `time`) as their reason.
 * @throws OptionError for a number of beams or tokens below 1; otherwise as `decode`
 */
export async function* earlyStoppedBeamSearch(
  model: LanguageModel,
  prompt: Tokens,
  options: EarlyStoppedBeamOptions,
): AsyncGenerator<BeamStep, Sequence[]> {
  assertKnownOptions(options, names);
  const { numBeams } = options;
  const rules = frontierRules(model, prompt, numBeams, options);
  let finished: readonly Beam[] = [];
  let cutOff: readonly Beam[] = [];
  const advance: Advance = (running, raw) => {
    const rows = running.map((beam, index) => beamRow(raw[index], beam.tokens, options));
    const candidates = toBeams(running, topContinuations(running, rows, numBeams), rules);
    const [first, pruned] = [candidates.slice(0, numBeams), candidates.slice(numBeams)];
    const judged = first.map((beam) => endedBy(beam, rules.ends(beam.tokens)));
    const ended = judged.filter(({ finishReason }) => finishReason !== undefined);
    const open = judged.filter(({ finishReason }) => finishReason === undefined);
    finished = bestFirst([...finished, ...ended.filter(({ finishReason }) => finishReason === "stop")]);
    cutOff = bestFirst(ended.filter(({ finishReason }) => finishReason !== "stop"));
    const stopped = finished.length >= numBeams ? "enough" : open.length === 0 ? "ended" : undefined;
    return {
      kind: "beams",
      running: open,
      ended,
      pruned,
      finished: [...finished, ...cutOff],
      bounds: [],
      ...(stopped && { stopped }),
      ...keptRows(rows, options),
    };
  };
  yield* followBeams(model, [rootBeam(prompt)], advance, options);
  return toSequences([...finished, ...cutOff], prompt.length);
}

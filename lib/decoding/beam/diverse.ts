import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { assertCount } from "../assertCount.js";
import { type DecodeLimits, limitNames } from "../rounds.js";
import type { Sequence } from "../step.js";
import type { StopRule } from "../stopping.js";
import { beamSearch } from "./beamSearch.js";
import { topContinuations } from "./continuations.js";
import { type Advance, followBeams, rootBeam } from "./follow.js";
import {
  advanceFrontier,
  type BeamRanking,
  bestFirst,
  candidateCount,
  endedBy,
  type Frontier,
  type FrontierRules,
  frontierRules,
  toBeams,
  toSequences,
} from "./frontier.js";
import { type BeamRow, type BeamScoring, beamRow, keptRows } from "./rows.js";
import type { BeamStep } from "./types.js";

export interface DiverseBeamOptions extends BeamRanking, BeamScoring, DecodeLimits {
  /** How many sequences to follow at once, over all groups. */
  readonly numBeams: number;
  /** How many groups they form, a divisor of `numBeams`. */
  readonly numBeamGroups: number;
  /** What a token loses, in nats, for each beam of an earlier group that chose it in the same step; from 0. */
  readonly diversityPenalty: number;
}

const names: OptionNames<DiverseBeamOptions> = {
  ...limitNames,
  process: true,
  numBeams: true,
  lengthPenalty: true,
  earlyStopping: true,
  numBeamGroups: true,
  diversityPenalty: true,
};

/** The search of one group: the frontier it has reached. */
type Group = Frontier;

/**
 * Several beam searches side by side, each kept from repeating the step's choices of those before it (Vijayakumar et
 * al. 2018, Hamming diversity; Hugging Face's group beam search). The penalty comes before the processors and counts
 * into the score. A group that has stopped no longer chooses, so it no longer weighs on the others: in Hugging Face
 * it goes on choosing padding, which is the end token unless told otherwise. Beams that a limit cuts off count beside
 * the finished ones only in groups that have not stopped. One group is plain beam search.
 * @throws OptionError for groups that don't divide the beams, or a penalty below 0; otherwise as `beamSearch`
 */
export async function* diverseBeamSearch(
  model: LanguageModel,
  prompt: Tokens,
  options: DiverseBeamOptions,
): AsyncGenerator<BeamStep, Sequence[]> {
  assertKnownOptions(options, names);
  const rules = groupRules(model, prompt, options);
  const { numBeamGroups, diversityPenalty, ...beamOptions } = options;
  if (numBeamGroups === 1) return yield* beamSearch(model, prompt, beamOptions);
  const stops: StopRule = (tokens) => (rules.ends(tokens) === "stop" ? "stop" : undefined);
  const count = candidateCount(rules.numBeams, options.stopTokens);
  const root = rootBeam(prompt);
  const roots = Array.from({ length: numBeamGroups }, (_, group) => ({ ...root, group }));
  let groups = roots.map((beam): Group => ({ running: [beam], ended: [], pruned: [], finished: [] }));
  const advance: Advance = (running, raw) => {
    const chosen = new Map<number, number>();
    const kept: BeamRow[] = [];
    const frontiers = groups.map((group, index): Group => {
      if (group.stopped !== undefined) return afterEnd(group);
      const offset = running.indexOf(group.running[0]);
      const rows = group.running.map((beam, at) => {
        return beamRow(raw[offset + at], beam.tokens, options, penalise(chosen, diversityPenalty));
      });
      kept.push(...rows);
      const beams = toBeams(
        group.running,
        topContinuations(group.running, rows, count).slice(0, count),
        rules,
      );
      const placed = beams.map((beam) => ({ ...beam, parent: offset + beam.parent }));
      const { bound, ...frontier } = advanceFrontier(placed, group.finished, { ...rules, ends: stops });
      for (const { token } of frontier.running) chosen.set(token, (chosen.get(token) ?? 0) + 1);
      return cutOff({ ...frontier, ...(bound && { bound: { ...bound, group: index } }) }, rules);
    });
    groups = frontiers;
    return { ...mergeGroups(frontiers), ...keptRows(kept, options) };
  };
  const last = yield* followBeams(model, roots, advance, options);
  return toSequences(last.finished, prompt.length);
}

function groupRules(model: LanguageModel, prompt: Tokens, options: DiverseBeamOptions): FrontierRules {
  const { numBeams, numBeamGroups, diversityPenalty } = options;
  assertCount("numBeams", numBeams);
  assertCount("numBeamGroups", numBeamGroups);
  if (numBeams % numBeamGroups !== 0) {
    throw new OptionError("numBeamGroups", numBeamGroups, `a divisor of numBeams, which is ${numBeams}`);
  }
  if (!(diversityPenalty >= 0 && diversityPenalty < Number.POSITIVE_INFINITY)) {
    throw new OptionError("diversityPenalty", diversityPenalty, "a number from 0");
  }
  const rules = frontierRules(model, prompt, numBeams / numBeamGroups, options);
  return { ...rules, hopefulest: "candidates" };
}

/** Where a limit ends the running beams of a group, they count beside its finished ones, unless it has stopped. */
function cutOff(group: Group, { ends, numBeams }: FrontierRules): Group {
  if (group.stopped !== undefined) return group;
  const judged = group.running.map((beam) => endedBy(beam, ends(beam.tokens)));
  const over = judged.filter(({ finishReason }) => finishReason !== undefined);
  if (over.length === 0) return group;
  const running = judged.filter(({ finishReason }) => finishReason === undefined);
  const finished = bestFirst([...group.finished, ...over]).slice(0, numBeams);
  const ended = [...group.ended, ...over];
  return { ...group, running, ended, finished, ...(running.length === 0 && { stopped: "ended" }) };
}

/** Takes the penalty off every token once for each time it was chosen; undefined where nothing was. */
function penalise(
  chosen: ReadonlyMap<number, number>,
  penalty: number,
): ((logProbs: Logits) => void) | undefined {
  if (chosen.size === 0 || penalty === 0) return undefined;
  return (logProbs) => {
    for (const [token, times] of chosen) logProbs[token] = logProbs[token] - penalty * times;
  };
}

/** A group that stopped earlier shows only what it has finished. */
function afterEnd({ finished, stopped }: Group): Group {
  return { running: [], ended: [], pruned: [], finished, ...(stopped && { stopped }) };
}

/** The groups' frontiers as one. Beams of a group that stops before the others are dropped: nobody continues them. */
function mergeGroups(groups: readonly Group[]): BeamStep {
  const last = groups.every((group) => group.stopped !== undefined);
  const goOn = (group: Group) => last || group.stopped === undefined;
  return {
    kind: "beams",
    running: groups.flatMap((group) => (goOn(group) ? group.running : [])),
    ended: groups.flatMap(({ ended }) => ended),
    pruned: groups.flatMap((group) => (goOn(group) ? group.pruned : [...group.running, ...group.pruned])),
    finished: bestFirst(groups.flatMap(({ finished }) => finished)),
    bounds: groups.flatMap(({ bound }) => bound ?? []),
    ...(last && { stopped: groups[groups.length - 1].stopped }),
  };
}

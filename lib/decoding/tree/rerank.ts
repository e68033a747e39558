import { OptionError } from "../../core/errors.js";
import type { Tokens } from "../../core/types.js";
import type { FinishReason } from "../step.js";
import { pathTo } from "./path.js";
import type { TracedTree } from "./types.js";

/** A finished sequence of a tree under another length penalty. */
export interface RankedSequence {
  /** Where it ends in the tree. */
  readonly node: number;
  /** The generated tokens, the end token included where one was generated. */
  readonly tokens: Tokens;
  /** In nats. */
  readonly logProb: number;
  readonly score: number;
  readonly finishReason: FinishReason;
}

/**
 * Ranks every sequence that a search has finished by another length penalty, best first, without a call of the model.
 * `earlyStoppedBeam`, and the others with `earlyStopping: true`, search the same tree whatever the penalty, so for them
 * this is what the search itself would give back; where the bound depends on the penalty, another penalty might have
 * searched on.
 * @throws OptionError for a penalty that is no number
 */
export function rerank(
  { tree, recipe }: Pick<TracedTree, "tree" | "recipe">,
  lengthPenalty: number,
): RankedSequence[] {
  if (!Number.isFinite(lengthPenalty)) throw new OptionError("lengthPenalty", lengthPenalty, "a number");
  const ends = tree.nodes.filter(({ finishReason }) => finishReason !== undefined);
  const ranked = ends.map(({ id, born, logProb, finishReason = "length" }): RankedSequence => {
    return {
      node: id,
      tokens: pathTo(tree, id).map(({ token }) => token),
      logProb,
      score: logProb / born ** lengthPenalty,
      finishReason,
    };
  });
  // There, what a limit cut off comes behind whatever came to its end.
  const stoppedFirst = recipe.method === "earlyStoppedBeam";
  const place = ({ finishReason }: RankedSequence) => (stoppedFirst && finishReason !== "stop" ? 1 : 0);
  return ranked.sort((a, b) => place(a) - place(b) || b.score - a.score);
}

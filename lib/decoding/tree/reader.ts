import type { Tokenizer } from "../../core/types.js";
import type { Beam, BeamStep } from "../beam/types.js";
import { tracedToken } from "../trace/token.js";
import type { NodeState, TreeNode, TreeStep } from "./types.js";

/** What is known of a node that later steps refer to. */
type Known = Pick<TreeNode, "id" | "logProb">;

/**
 * Makes a function that reads the steps of one beam search, in order, as steps of its tree. The steps of `beamSearch`,
 * `diverseBeamSearch` and `earlyStoppedBeamSearch` will do, and those of `decodeRecipe` for their recipes.
 */
export function treeReader(
  tokenizer: Pick<Tokenizer, "tokenBytes" | "isSpecial">,
): (step: BeamStep) => TreeStep {
  const root: Known = { id: 0, logProb: 0 };
  const finished = new Map<Beam, number>();
  let running: readonly Known[] = [];
  let [step, next] = [0, 1];
  return ({ running: alive, ended, pruned, finished: ranked, bounds, stopped }) => {
    step += 1;
    const node = (beam: Beam, state: NodeState): TreeNode => {
      // Before the first step there is only the prompt, once for each group.
      const parent = step === 1 ? root : running[beam.parent];
      const { logProb, score, group, finishReason } = beam;
      return {
        id: next++,
        parent: parent.id,
        born: step,
        ended: state === "live" ? null : step,
        state,
        ...tracedToken(beam.token, tokenizer),
        tokenLogProb: logProb - parent.logProb,
        logProb,
        score,
        ...(group !== undefined && { group }),
        // Beam search drops sequences that would have ended, too.
        ...(state === "finished" && finishReason && { finishReason }),
      };
    };
    const frontier = alive.map((beam) => node(beam, "live"));
    const ends = ended.map((beam) => node(beam, "finished"));
    const dropped = pruned.map((beam) => node(beam, "pruned"));
    for (const [index, { id }] of ends.entries()) finished.set(ended[index], id);
    running = frontier;
    return {
      step,
      born: [...frontier, ...ends, ...dropped],
      frontier: frontier.map(({ id }) => id),
      finished: ranked.flatMap((beam) => finished.get(beam) ?? []),
      bounds,
      ...(stopped && { stopped }),
    };
  };
}

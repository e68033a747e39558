import type { Tokens } from "../../core/types.js";
import type { BeamBound, BeamStop } from "../beam/types.js";
import type { CompleteRecipe } from "../methods/index.js";
import type { GeneratedSequence } from "../recipe.js";
import type { FinishReason } from "../step.js";
import type { TracedToken } from "../trace/types.js";

/**
 * What became of a node: "live" while it, or one that grew from it, is on the frontier; "finished" if a sequence
 * through it has ended and none is live; "pruned" if every way on from it was dropped.
 */
export type NodeState = "live" | "finished" | "pruned";

/** One token after one beginning, considered by a beam search. */
export interface TreeNode extends TracedToken {
  /** Its place in `BeamTree.nodes`; 0 is the root, which stands for the prompt and has token -1 and no text. */
  readonly id: number;
  /** The node that it continues; null for the root. A parent's id is smaller than its children's. */
  readonly parent: number | null;
  /** The step that it was born in, from 1, which is also how many tokens lead to it from the prompt; 0 for the root. */
  readonly born: number;
  /** The step after which it was no longer live; null while it is. Of what was dropped at once it equals `born`. */
  readonly ended: number | null;
  readonly state: NodeState;
  /** Log-probability of its token after its parent, as the processors left it, in nats. */
  readonly tokenLogProb: number;
  /** The same summed from the first generated token on: what running beams are ranked by. */
  readonly logProb: number;
  /** `logProb / born^lengthPenalty`: what finished ones are ranked by. */
  readonly score: number;
  /** Only in diverse beam search: which group it belongs to, from 0. */
  readonly group?: number;
  /** Only where a sequence ends. */
  readonly finishReason?: FinishReason;
}

/** Everything that a beam search has considered so far, as plain data. */
export interface BeamTree {
  /** By id, and so in the order they were born. */
  readonly nodes: readonly TreeNode[];
  /** How many steps it has grown. */
  readonly steps: number;
  /** Ids of the nodes that the next step continues; after the last step, of those that the search left behind. */
  readonly frontier: readonly number[];
  /** Ids of the finished nodes that the search keeps, the winner first. */
  readonly finished: readonly number[];
  /** What the last step compared in order to stop; empty until enough sequences have finished. */
  readonly bounds: readonly BeamBound[];
  /** Why the search stopped, once it has. */
  readonly stopped?: BeamStop;
}

/**
 * What one step adds to a tree: small plain data that a server can send and a page can grow its own tree from. Nodes
 * carry their final ids.
 */
export interface TreeStep extends Omit<BeamTree, "nodes" | "steps"> {
  /** From 1. */
  readonly step: number;
  /** Those that run on, those that ended, those that were dropped, each as the search ranked them. */
  readonly born: readonly TreeNode[];
}

/** A beam search explained. Plain data: `JSON.parse(JSON.stringify(traced))` equals it. */
export interface TracedTree {
  /** Every default filled in, so that it replays. */
  readonly recipe: CompleteRecipe;
  readonly prompt: { readonly tokens: Tokens; readonly text: string };
  readonly tree: BeamTree;
  readonly sequences: readonly GeneratedSequence[];
}

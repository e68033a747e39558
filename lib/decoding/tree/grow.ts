import { OptionError } from "../../core/errors.js";
import type { BeamTree, NodeState, TreeNode, TreeStep } from "./types.js";

/** The tree of a search that has not begun: its root, which stands for the prompt. */
export function startTree(): BeamTree {
  const root: TreeNode = {
    id: 0,
    parent: null,
    born: 0,
    ended: null,
    state: "live",
    token: -1,
    text: "",
    tokenLogProb: 0,
    logProb: 0,
    score: 0,
  };
  return { nodes: [root], steps: 0, frontier: [0], finished: [], bounds: [] };
}

/**
 * The tree one step later; the given one stays as it is. Pure, so that it serves as a reducer for a page that gets
 * its steps over a network: `steps.reduce(growTree, startTree())`.
 * @throws OptionError for a step that is not the tree's next one
 */
export function growTree(tree: BeamTree, step: TreeStep): BeamTree {
  if (step.step !== tree.steps + 1) {
    throw new OptionError("step.step", step.step, `${tree.steps + 1}, the tree's next one`);
  }
  const { step: steps, born, ...rest } = step;
  const nodes = [...tree.nodes, ...born];
  settle(nodes, tree.frontier, rest.frontier, steps);
  return { nodes, steps, ...rest };
}

/** Gives those that were live before the step, and are no longer, the state that they end in. */
function settle(nodes: TreeNode[], before: readonly number[], frontier: readonly number[], step: number) {
  const live = roadsTo(frontier, nodes);
  const over = before.filter((id) => !live.has(id));
  if (over.length === 0) return;
  const ends = nodes.filter(({ finishReason }) => finishReason !== undefined).map(({ id }) => id);
  const home = roadsTo(ends, nodes);
  for (const id of over) {
    for (let node = nodes[id]; node.ended === null && !live.has(node.id); node = nodes[node.parent ?? 0]) {
      const state: NodeState = home.has(node.id) ? "finished" : "pruned";
      nodes[node.id] = { ...node, state, ended: step };
    }
  }
}

/** The nodes and all that lead to them. */
function roadsTo(ids: readonly number[], nodes: readonly TreeNode[]): Set<number> {
  const seen = new Set<number>();
  for (const start of ids) {
    for (let id: number | null = start; id !== null && !seen.has(id); id = nodes[id].parent) seen.add(id);
  }
  return seen;
}

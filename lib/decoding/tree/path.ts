import { OptionError } from "../../core/errors.js";
import type { BeamTree, TreeNode } from "./types.js";

/**
 * The nodes from the first generated token to this one, in reading order.
 * @throws OptionError for an id that the tree doesn't have
 */
export function pathTo({ nodes }: Pick<BeamTree, "nodes">, id: number): TreeNode[] {
  if (nodes[id] === undefined)
    throw new OptionError("id", id, `a node of the tree, from 0 to ${nodes.length - 1}`);
  const path: TreeNode[] = [];
  for (let node = nodes[id]; node.parent !== null; node = nodes[node.parent]) path.unshift(node);
  return path;
}

/** The winner's nodes, in reading order: of the finished sequence that the search ranks first. Empty until one is. */
export function winnerPath(tree: BeamTree): TreeNode[] {
  return tree.finished.length > 0 ? pathTo(tree, tree.finished[0]) : [];
}

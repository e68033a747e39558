import type { PrefixNode } from "./prefixTree.js";
import { CHUNK, type RowRequest } from "./request.js";

/** What one run of the graph computes. */
export interface PlannedRun {
  /** Parents before children, as far as both are in the run. */
  readonly nodes: readonly PrefixNode[];
  /** The texts that they stand in, whose cached tokens the run reads. */
  readonly paths: readonly (readonly PrefixNode[])[];
}

/**
 * A text that lacks more tokens than this is read by itself. Each token of a run is compared with all cached tokens
 * of all its texts, most of them in vain: for a few tokens that costs less than another run, for many it costs more.
 */
const LONE = 32;

/**
 * Cuts what a call needs into runs, in an order in which parents are computed before their children: texts that lack
 * many tokens one by one, then the others together.
 * @param paths the nodes of each request's text
 */
export function planRuns(
  paths: readonly (readonly PrefixNode[])[],
  requests: readonly RowRequest[],
): PlannedRun[] {
  const runs: PlannedRun[] = [];
  const alone = new Set<PrefixNode>();
  const together = new Set<PrefixNode>();
  const sharing: (readonly PrefixNode[])[] = [];
  for (const [text, path] of paths.entries()) {
    const nodes = pendingNodes(path, requests[text].firstRow, alone, together);
    const followsOther = () => path.some((node) => node.slot < 0 && together.has(node));
    if (nodes.length > LONE && !followsOther()) {
      runs.push(...inChunks(nodes, [path]));
      for (const node of nodes) alone.add(node);
    } else {
      sharing.push(path);
      for (const node of nodes) together.add(node);
    }
  }
  return [...runs, ...inChunks([...together], sharing)];
}

/**
 * A text's nodes that are wanted or have no slot yet, without those of other texts. At each step of a decoder nearly
 * all of a long text is neither.
 */
function pendingNodes(
  path: readonly PrefixNode[],
  firstRow: number,
  ...planned: readonly ReadonlySet<PrefixNode>[]
): PrefixNode[] {
  return path.filter((node, position) => {
    const isPending = node.slot < 0 || position >= firstRow;
    return isPending && !planned.some((nodes) => nodes.has(node));
  });
}

function inChunks(nodes: readonly PrefixNode[], paths: PlannedRun["paths"]): PlannedRun[] {
  const count = Math.ceil(nodes.length / CHUNK);
  return Array.from({ length: count }, (_, at) => {
    return { nodes: nodes.slice(at * CHUNK, (at + 1) * CHUNK), paths };
  });
}

import { shortened } from "../format.js";

/** A token that was tried after those above it. */
export interface TriedNode {
  readonly token: number;
  /** As it is drawn; cut where it is long. */
  readonly label: string;
  readonly children: readonly TriedNode[];
}

/** A node with its place: `depth` columns to the right, `row` lines down. */
export interface PlacedNode {
  readonly key: string;
  readonly picks: readonly number[];
  readonly label: string;
  readonly depth: number;
  readonly row: number;
  readonly parent: PlacedNode | undefined;
  /** On the way to the path that is looked at. */
  readonly current: boolean;
  /** The end of that path. */
  readonly end: boolean;
}

export const EMPTY_TREE: TriedNode = { token: -1, label: "prompt", children: [] };

/** The tree with one more path in it; a path that it has changes nothing. */
export function withPath(node: TriedNode, picks: readonly number[], labels: readonly string[]): TriedNode {
  const [token, ...rest] = picks;
  if (token === undefined) return node;
  const known = node.children.find((child) => child.token === token);
  const child = withPath(known ?? { token, label: labels[0] ?? "", children: [] }, rest, labels.slice(1));
  if (child === known) return node;
  const children = known
    ? node.children.map((one) => (one === known ? child : one))
    : [...node.children, child];
  return { ...node, children };
}

/** Places every node; a first child goes on in its parent's line. */
export function layoutTree(root: TriedNode, current: readonly number[]): PlacedNode[] {
  const placed: PlacedNode[] = [];
  let lastRow = -1;
  const place = (
    node: TriedNode,
    picks: readonly number[],
    parent: PlacedNode | undefined,
    first: boolean,
  ) => {
    const row = first && parent ? parent.row : ++lastRow;
    const onPath = picks.every((pick, index) => current[index] === pick);
    const here: PlacedNode = {
      key: picks.join(" "),
      picks,
      label: shortened(node.label, 9),
      depth: picks.length,
      row,
      parent,
      current: onPath,
      end: onPath && picks.length === current.length,
    };
    placed.push(here);
    for (const [index, child] of node.children.entries())
      place(child, [...picks, child.token], here, index === 0);
  };
  place(root, [], undefined, true);
  return placed;
}

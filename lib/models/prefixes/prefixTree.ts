import type { Tokens } from "../../core/types.js";

/** One token in the tree of all texts seen so far. The path from the root to a node is a prefix. */
export interface PrefixNode {
  readonly token: number;
  /** Position of the token in its text, counted from 0; -1 for the root. */
  readonly position: number;
  readonly parent: PrefixNode | null;
  readonly children: Map<number, PrefixNode>;
  /** The child that was asked for last: a text that grows asks for the same ones again and again. */
  lastChild: PrefixNode | undefined;
  /** Where its keys and values lie, or -1 while they are not computed. */
  slot: number;
  /** The last call that needed it. A parent is never older than its children. */
  lastUsed: number;
  /** The last visit that counted it: a mark, so that a node on several paths is counted once. */
  visit: number;
}

/** Returns a root: the empty prefix. */
export function prefixRoot(): PrefixNode {
  return nodeOf(-1, null, 0);
}

/** Nodes of all tokens of a text, root excluded; those not there yet are added without a slot. */
export function growPath(root: PrefixNode, tokens: Tokens, now: number): PrefixNode[] {
  const path: PrefixNode[] = [];
  let node = root;
  for (const token of tokens) {
    const child = node.lastChild?.token === token ? node.lastChild : childOf(node, token, now);
    child.lastUsed = now;
    path.push(child);
    node = child;
  }
  return path;
}

function childOf(node: PrefixNode, token: number, now: number): PrefixNode {
  let child = node.children.get(token);
  if (!child) {
    child = nodeOf(token, node, now);
    node.children.set(token, child);
  }
  node.lastChild = child;
  return child;
}

function nodeOf(token: number, parent: PrefixNode | null, now: number): PrefixNode {
  const position = parent ? parent.position + 1 : -1;
  const children = new Map<number, PrefixNode>();
  return { token, position, parent, children, lastChild: undefined, slot: -1, lastUsed: now, visit: 0 };
}

/** How many tokens at the start of a text have nodes with a slot. */
export function computedLength(root: PrefixNode, tokens: Tokens): number {
  let length = 0;
  let node: PrefixNode | undefined = root;
  for (const token of tokens) {
    node = node.children.get(token);
    if (node === undefined || node.slot < 0) break;
    length++;
  }
  return length;
}

/** Takes a node out of the tree. */
export function detach(node: PrefixNode): void {
  const { parent } = node;
  if (!parent) return;
  parent.children.delete(node.token);
  if (parent.lastChild === node) parent.lastChild = undefined;
}

/** All nodes below the root, parents before children. */
export function allNodes(root: PrefixNode): PrefixNode[] {
  const nodes: PrefixNode[] = [];
  const open = [...root.children.values()];
  while (open.length > 0) {
    const node = open.pop()!;
    nodes.push(node);
    for (const child of node.children.values()) open.push(child);
  }
  return nodes;
}

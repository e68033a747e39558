import type { Tokens } from "../../core/types.js";
import { KvArena, type KvLayout } from "./kvArena.js";
import { allNodes, computedLength, detach, growPath, type PrefixNode, prefixRoot } from "./prefixTree.js";

/** An estimate: moving a row costs about as much as reading it needlessly in two steps. */
const MOVE_COST = 2;

/** A stretch of slots `from` to `to` that a graph reads as its past. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Remembers keys and values by prefix. Texts share the rows of the prefix they have in common; when the arena is
 * full, the texts used longest ago are forgotten, last tokens first.
 *
 * Rows are appended in the order in which they are computed, so one text may lie scattered among others. As long
 * as a stretch of slots holds everything a call needs, the graph reads that stretch and masks the rest; the rows
 * read in vain are counted, and once they have cost as much as a move, the rows in use are moved together.
 */
export class PrefixCache {
  readonly arena: KvArena;
  private readonly root = prefixRoot();
  private clock = 0;
  private visit = 0;
  private readInVain = 0;

  constructor(layout: KvLayout, capacity: number) {
    this.arena = new KvArena(layout, capacity);
  }

  /** Paths of nodes for these texts, marked as used now. Nodes whose `slot` is -1 have yet to be computed. */
  open(texts: readonly Tokens[]): PrefixNode[][] {
    this.clock++;
    return texts.map((tokens) => growPath(this.root, tokens, this.clock));
  }

  /** How many tokens at the start of a text have their rows here. Does not count as a use. */
  cachedLength(tokens: Tokens): number {
    return computedLength(this.root, tokens);
  }

  /** The slots that `claim` will hand to these nodes one after another, -1 for those that have one. */
  nextSlots(nodes: readonly PrefixNode[]): number[] {
    let next = this.arena.used;
    return nodes.map((node) => (node.slot < 0 ? next++ : -1));
  }

  /** Hands a slot to a node whose row is or will be written there. `makeRoom` must have been called for it. */
  claim(node: PrefixNode): number {
    node.slot = this.arena.used++;
    return node.slot;
  }

  /** Frees slots until `count` are left, forgetting what was used longest ago but nothing of the open paths. */
  makeRoom(count: number): void {
    const { arena } = this;
    if (arena.used + count <= arena.capacity) return;
    const nodes = allNodes(this.root);
    const idle = nodes.filter((node) => node.lastUsed < this.clock);
    idle.sort((a, b) => a.lastUsed - b.lastUsed || b.position - a.position);
    const live = nodes.reduce((sum, node) => sum + (node.slot >= 0 ? 1 : 0), 0);
    // A quarter more than needed, so that a full cache is not compacted at every step.
    const spare = Math.min(arena.capacity, count + (arena.capacity >> 2));
    let excess = live + spare - arena.capacity;
    for (const node of idle) {
      if (excess <= 0) break;
      if (node.slot >= 0) excess--;
      node.slot = -1;
      detach(node);
    }
    this.rearrange((node) => node.lastUsed === this.clock);
  }

  /** The stretch of slots that holds all computed nodes of the open paths, moved together where that pays. */
  window(paths: readonly (readonly PrefixNode[])[]): Window {
    let from = this.arena.used;
    let needed = 0;
    this.visit++;
    for (const path of paths) {
      for (const node of path) {
        // Texts share nodes; a mark on each is much cheaper than a set of them, at every step of a long text.
        if (node.slot < 0 || node.visit === this.visit) continue;
        node.visit = this.visit;
        needed++;
        if (node.slot < from) from = node.slot;
      }
    }
    this.readInVain += this.arena.used - from - needed;
    if (this.readInVain > MOVE_COST * needed + 256) {
      from = this.rearrange((node) => node.visit === this.visit);
      this.readInVain = 0;
    }
    return { from, to: this.arena.used };
  }

  /** Drops the nodes of the open paths that were never computed, as after an abort. */
  close(paths: readonly (readonly PrefixNode[])[]): void {
    for (const path of paths) {
      for (const node of path) if (node.slot < 0) detach(node);
    }
  }

  /** Packs the arena, with the rows of the nodes in use behind all others. Returns the first slot in use. */
  private rearrange(inUse: (node: PrefixNode) => boolean): number {
    const bySlot = allNodes(this.root)
      .filter((node) => node.slot >= 0)
      .sort((a, b) => a.slot - b.slot);
    const last = bySlot.filter(inUse);
    const first = bySlot.filter((node) => !inUse(node));
    const slots = (nodes: PrefixNode[]) => nodes.map((node) => node.slot);
    const start = this.arena.compact(slots(first), slots(last));
    [...first, ...last].forEach((node, slot) => {
      node.slot = slot;
    });
    return start;
  }
}

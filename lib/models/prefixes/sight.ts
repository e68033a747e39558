import type { Window } from "./prefixCache.js";
import type { PrefixNode } from "./prefixTree.js";

/** What one new token of a run sees: its ancestors and itself, in the order of their text. */
export interface Sight {
  /** Slots of the cached ones. Texts that share them share the list. */
  readonly past: Int32Array;
  /** Rows of the new ones. */
  readonly fresh: Int32Array;
}

/**
 * What each node of a run sees.
 * @param nodes parents before children; one that has a slot is computed again for its logits only, and its children
 * find its keys in the past
 */
export function sightOf(nodes: readonly PrefixNode[]): Sight[] {
  const rowOf = new Map(nodes.map((node, row) => [node, row]));
  const sights: Sight[] = [];
  for (const [row, { parent }] of nodes.entries()) {
    const parentRow = parent && parent.slot < 0 ? rowOf.get(parent) : undefined;
    const above = parentRow === undefined ? undefined : sights[parentRow];
    sights.push({
      past: above?.past ?? slotsUpFrom(parent),
      fresh: Int32Array.of(...(above?.fresh ?? []), row),
    });
  }
  return sights;
}

function slotsUpFrom(node: PrefixNode | null): Int32Array {
  const slots = new Int32Array((node?.position ?? -1) + 1);
  for (let up = node; up && up.position >= 0; up = up.parent) slots[up.position] = up.slot;
  return slots;
}

/** Added to a score to rule a key out. Finite, so that a row with nothing but masked keys is not NaN. */
const MASKED = -1e9;

/**
 * The same as numbers to be added to the scores, `[times * S, T + S]`: all S rows once, then once more, ...
 * @param past the slots of the T past rows that a graph is given; some may hold nothing
 */
export function additiveMask(sights: readonly Sight[], past: Window, times = 1): Float32Array {
  const length = past.to - past.from;
  const width = length + sights.length;
  const mask = new Float32Array(times * sights.length * width).fill(MASKED, 0, sights.length * width);
  for (const [row, sight] of sights.entries()) {
    const start = row * width;
    for (const slot of sight.past) mask[start + slot - past.from] = 0;
    for (const other of sight.fresh) mask[start + length + other] = 0;
  }
  for (let time = 1; time < times; time++) {
    mask.copyWithin(time * sights.length * width, 0, sights.length * width);
  }
  return mask;
}

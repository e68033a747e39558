import fc from "fast-check";
import { expect, test } from "vitest";
import type { KvLayout } from "../../../lib/models/prefixes/kvArena.js";
import { PrefixCache } from "../../../lib/models/prefixes/prefixCache.js";
import type { PrefixNode } from "../../../lib/models/prefixes/prefixTree.js";

const layout: KvLayout = { type: "float32", parts: [{ heads: 2, headDim: 1 }], pageSize: 3 };

/** A number that stands for a prefix, as a row of keys would. */
function fingerprint(node: PrefixNode): number {
  let value = 7;
  for (let up: PrefixNode | null = node; up && up.position >= 0; up = up.parent)
    value = (value * 31 + up.token) % 65521;
  return value;
}

/** What a runner does: computes missing nodes, writes their rows, reads the rows of every open path back. */
function compute(cache: PrefixCache, texts: number[][]): { fresh: number; read: number[][] } {
  const paths = cache.open(texts);
  const missing = [...new Set(paths.flat())].filter((node) => node.slot < 0);
  cache.makeRoom(missing.length);
  const window = cache.window(paths);
  for (const path of paths) {
    for (const node of path) if (node.slot >= 0) expect(node.slot).toBeGreaterThanOrEqual(window.from);
  }
  const { arena } = cache;
  const numbers = arena.whole(0);
  const slots = cache.nextSlots(missing);
  for (const [at, node] of missing.entries()) {
    expect(cache.claim(node)).toBe(slots[at]);
    for (const head of [0, 1]) numbers[arena.rowStart(0, node.slot, head)] = fingerprint(node) + head;
  }
  const read = paths.map((path) =>
    path.flatMap((node) => [0, 1].map((head) => numbers[arena.rowStart(0, node.slot, head)])),
  );
  cache.close(paths);
  return { fresh: missing.length, read };
}

const text = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 8 });
const calls = fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 30 });

test("every cached row is the row of its prefix, however little room there is", () => {
  fc.assert(
    fc.property(calls, fc.integer({ min: 24, max: 64 }), (all, capacity) => {
      const cache = new PrefixCache(layout, capacity);
      for (const texts of all) {
        const { read } = compute(cache, texts);
        const alone = compute(new PrefixCache(layout, 64), texts).read;
        expect(read).toEqual(alone);
        expect(cache.arena.used).toBeLessThanOrEqual(capacity);
      }
    }),
  );
});

test("a prefix is computed once", () => {
  const cache = new PrefixCache(layout, 64);
  expect(compute(cache, [[1, 2, 3]]).fresh).toBe(3);
  expect(compute(cache, [[1, 2, 3, 4]]).fresh).toBe(1);
  expect(
    compute(cache, [
      [1, 2, 9],
      [1, 2, 9, 9],
    ]).fresh,
  ).toBe(2);
  expect(compute(cache, [[1, 2, 3, 4]]).fresh).toBe(0);
});

test("when room is short, the text used longest ago goes first", () => {
  const cache = new PrefixCache(layout, 12);
  compute(cache, [[1, 1, 1, 1]]);
  compute(cache, [[2, 2, 2, 2]]);
  compute(cache, [[1, 1, 1, 1]]);
  compute(cache, [[3, 3, 3, 3, 3]]);
  expect(compute(cache, [[1, 1, 1, 1]]).fresh).toBe(0);
  expect(compute(cache, [[2, 2, 2, 2]]).fresh).toBeGreaterThan(0);
});

test("texts read in turn are moved together instead of being read past each other for ever", () => {
  const cache = new PrefixCache(layout, 4096);
  compute(cache, [new Array(100).fill(1)]);
  compute(cache, [new Array(2000).fill(2)]);
  const long = new Array(100).fill(1);
  const widths = Array.from({ length: 10 }, (_, step) => {
    const paths = cache.open([[...long, step]]);
    const window = cache.window(paths);
    cache.close(paths);
    return window.to - window.from;
  });
  expect(widths.at(-1)).toBeLessThan(200);
});

test("nodes of a call that never finished are dropped", () => {
  const cache = new PrefixCache(layout, 16);
  cache.close(cache.open([[1, 2]]));
  expect(compute(cache, [[1, 2]]).fresh).toBe(2);
});

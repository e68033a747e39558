import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesPerToken, KvArena, type KvLayout } from "../../../lib/models/prefixes/kvArena.js";

const layout: KvLayout = {
  type: "float32",
  parts: [
    { heads: 2, headDim: 3 },
    { heads: 1, headDim: 2 },
  ],
  pageSize: 2,
};

/** The numbers of one slot, head after head. */
function slotOf(arena: KvArena, part: number, slot: number): number[] {
  const { heads, headDim } = arena.layout.parts[part];
  return Array.from({ length: heads }, (_, head) => {
    const start = arena.rowStart(part, slot, head);
    return [...arena.whole(part).subarray(start, start + headDim)];
  }).flat();
}

/** An arena in which the numbers of a slot are 100 times the slot, counted up. */
function filled(capacity: number, pageSize = layout.pageSize): KvArena {
  const arena = new KvArena({ ...layout, pageSize }, capacity);
  for (const [part, { heads, headDim }] of layout.parts.entries()) {
    for (let slot = 0; slot < capacity; slot++) {
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < headDim; i++) {
          arena.whole(part)[arena.rowStart(part, slot, head) + i] = 100 * slot + head * headDim + i;
        }
      }
    }
  }
  arena.used = capacity;
  return arena;
}

test("a token takes the bytes of all its parts", () => {
  expect(bytesPerToken(layout)).toBe((6 + 2) * 4);
  expect(bytesPerToken({ ...layout, type: "float16" })).toBe((6 + 2) * 2);
});

test("the rows of a page lie head by head", () => {
  const arena = filled(3);
  expect([...arena.pages(0, 0, 1)]).toEqual([0, 1, 2, 100, 101, 102, 3, 4, 5, 103, 104, 105]);
  expect([...arena.pages(0, 1, 1)]).toEqual([200, 201, 202, 0, 0, 0, 203, 204, 205, 0, 0, 0]);
  expect([...filled(2, 1).pages(0, 0, 2)]).toEqual([0, 1, 2, 3, 4, 5, 100, 101, 102, 103, 104, 105]);
  expect([0, 1, 2, 3].map((slot) => arena.pagesUpTo(slot))).toEqual([0, 1, 1, 2]);
});

test("a view of pages shares memory with the arena", () => {
  const arena = filled(4);
  arena.pages(1, 1, 1).fill(9);
  expect([...arena.whole(1)]).toEqual([0, 1, 100, 101, 9, 9, 9, 9]);
});

test("new keys and values go to their slots, head by head", () => {
  const arena = new KvArena(layout, 4);
  const fresh = Float32Array.from({ length: 2 * 8 }, (_, i) => i + 1);
  arena.keep([3, -1], fresh);
  expect(slotOf(arena, 0, 3)).toEqual([1, 2, 3, 7, 8, 9]);
  expect(slotOf(arena, 1, 3)).toEqual([13, 14]);
  const sum = arena.all.flatMap((numbers) => [...numbers]).reduce((a, b) => a + b, 0);
  expect(sum).toBe(1 + 2 + 3 + 7 + 8 + 9 + 13 + 14);
});

test("compaction keeps exactly the two lists, in order, whatever the pages", () => {
  const lists = fc.array(fc.constantFrom("first", "last", "gone"), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 9 }), (fates, pageSize) => {
      const arena = filled(fates.length, pageSize);
      const slots = (fate: string) => fates.flatMap((other, slot) => (other === fate ? [slot] : []));
      const kept = [...slots("first"), ...slots("last")];
      const expected = [0, 1].map((part) => kept.map((slot) => slotOf(arena, part, slot)));
      expect(arena.compact(slots("first"), slots("last"))).toBe(slots("first").length);
      expect(arena.used).toBe(kept.length);
      expect([0, 1].map((part) => kept.map((_, slot) => slotOf(arena, part, slot)))).toEqual(expected);
    }),
  );
});

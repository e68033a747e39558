import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesPerToken, KvArena, type KvLayout } from "../../../lib/models/prefixes/kvArena.js";

const layout: KvLayout = {
  type: "float32",
  parts: [
    { heads: 2, headDim: 3 },
    { heads: 1, headDim: 2 },
  ],
};

/** An arena in which every number of slot `i` is `i`. */
function filled(capacity: number): KvArena {
  const arena = new KvArena(layout, capacity);
  for (let slot = 0; slot < capacity; slot++) {
    for (const part of [0, 1]) arena.view(part, slot, slot + 1).fill(slot);
  }
  arena.used = capacity;
  return arena;
}

test("a token takes the bytes of all its parts", () => {
  expect(bytesPerToken(layout)).toBe((6 + 2) * 4);
  expect(bytesPerToken({ ...layout, type: "float16" })).toBe((6 + 2) * 2);
});

test("a view shares memory with the arena", () => {
  const arena = filled(4);
  expect([...arena.view(1, 1, 3)]).toEqual([1, 1, 2, 2]);
  arena.view(1, 2, 3).fill(9);
  expect([...arena.view(1, 1, 3)]).toEqual([1, 1, 9, 9]);
});

test("compaction keeps exactly the two lists, in order", () => {
  const lists = fc.array(fc.constantFrom("first", "last", "gone"), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(lists, (fates) => {
      const arena = filled(fates.length);
      const slots = (fate: string) => fates.flatMap((other, slot) => (other === fate ? [slot] : []));
      const kept = [...slots("first"), ...slots("last")];
      expect(arena.compact(slots("first"), slots("last"))).toBe(slots("first").length);
      expect(arena.used).toBe(kept.length);
      expect([...arena.view(0, 0, kept.length)]).toEqual(kept.flatMap((slot) => new Array(6).fill(slot)));
      expect([...arena.view(1, 0, kept.length)]).toEqual(kept.flatMap((slot) => new Array(2).fill(slot)));
    }),
  );
});

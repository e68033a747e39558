import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap } from "../../lib/tokenizers/bpe/heap.js";
import { mergeAll, mergeTable } from "../../lib/tokenizers/bpe/merge.js";

test("law: a heap gives its items in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const number of numbers) heap.push(number);
      const out = numbers.map(() => heap.pop());
      expect(out).toEqual(numbers.toSorted((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

/** The rule, word for word: the lowest rank there is, of equals the leftmost, until there is none. */
function mergeSlowly(tokens: readonly number[], merges: readonly (readonly [number, number, number])[]) {
  let symbols = [...tokens];
  for (;;) {
    const ranks = symbols.map((left, i) => merges.findIndex(([a, b]) => a === left && b === symbols[i + 1]));
    const lowest = Math.min(...ranks.filter((rank) => rank >= 0));
    const at = ranks.indexOf(lowest);
    if (at < 0) return symbols;
    symbols = [...symbols.slice(0, at), merges[lowest]![2], ...symbols.slice(at + 2)];
  }
}

test("law: merging with a queue is merging by the rule", () => {
  const token = fc.nat(5);
  const pairs = fc.uniqueArray(fc.tuple(token, token), { selector: String, maxLength: 12 });
  fc.assert(
    fc.property(pairs, fc.array(token, { maxLength: 25 }), (found, tokens) => {
      // Merged tokens are new ones, 6 and up, and merge no further; then the same with all below 6.
      const fresh = found.map(([a, b], rank) => [a, b, 6 + rank] as const);
      const chained = found.map(([a, b], rank) => [a, b, rank % 6] as const);
      for (const merges of [fresh, chained]) {
        expect(mergeAll(tokens, mergeTable(merges, 32))).toEqual(mergeSlowly(tokens, merges));
      }
    }),
    { numRuns: 500 },
  );
});

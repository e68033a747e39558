import { describe, expect, test } from "vitest";
import { charTokenizer } from "../../../lib/tokenizers/index.js";
import { permutation, randomAt } from "../../../lib/training/batches/draws.js";
import { encodeDocuments } from "../../../lib/training/batches/index.js";

const tokenizer = charTokenizer(["a", "b", "c"]);

describe("encodeDocuments", () => {
  test("puts documents one after the other, an end after each", async () => {
    const { tokens, starts, endToken } = await encodeDocuments(["ab", "", "c"], tokenizer);
    expect([...tokens]).toEqual([2, 3, 0, 0, 4, 0]);
    expect([...starts]).toEqual([0, 3, 4, 6]);
    expect(endToken).toBe(0);
  });

  test("puts none where the tokenizer has none", async () => {
    const { tokens, endToken } = await encodeDocuments(["ab", "c"], { ...tokenizer, endTokens: [] });
    expect([...tokens]).toEqual([2, 3, 4]);
    expect(endToken).toBeUndefined();
  });

  test("shuffles whole documents by a seed", async () => {
    const texts = Array.from({ length: 20 }, (_, i) => "a".repeat(i + 1));
    const order = async (shuffle?: number) => {
      const { starts } = await encodeDocuments(texts, tokenizer, shuffle === undefined ? {} : { shuffle });
      return [...starts.slice(1)].map((end, i) => end - starts[i]! - 1);
    };
    expect(await order()).toEqual(texts.map((text) => text.length));
    expect(await order(3)).toEqual(await order(3));
    expect(await order(3)).not.toEqual(await order(4));
    expect((await order(3)).toSorted((a, b) => a - b)).toEqual(await order());
  });
});

describe("draws", () => {
  test("each place has its own, each seed too", () => {
    const first = (seed: number, ...place: number[]) => randomAt(seed, ...place).next();
    const draws = new Set<number>();
    for (let seed = 0; seed < 10; seed++)
      for (let epoch = 0; epoch < 10; epoch++)
        for (let index = 0; index < 50; index++) draws.add(first(seed, epoch, index));
    expect(draws.size).toBe(5000);
    expect(first(2 ** 40, 1)).not.toBe(first(2 ** 41, 1));
    expect(first(7, 1, 2)).toBe(first(7, 1, 2));
    const mean = [...draws].reduce((sum, value) => sum + value, 0) / draws.size;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });

  test("every order of three is about equally likely", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = permutation(3, randomAt(seed, 0)).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

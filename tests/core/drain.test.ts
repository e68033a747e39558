import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";

function counter(end: number) {
  const log: string[] = [];
  async function* count(): AsyncGenerator<number, string> {
    try {
      for (let i = 0; i < end; i++) yield i;
      return "counted";
    } finally {
      log.push("closed");
    }
  }
  return { generator: count(), log };
}

describe("drain and collect", () => {
  test("drain hands each item over and gives back the return value", async () => {
    const seen: number[] = [];
    const { generator } = counter(3);
    expect(await drain(generator, (item) => void seen.push(item))).toBe("counted");
    expect(seen).toEqual([0, 1, 2]);
    expect(await drain(counter(2).generator)).toBe("counted");
  });

  test("drain waits for an asynchronous callback", async () => {
    const order: string[] = [];
    await drain(counter(2).generator, async (item) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push(`done ${item}`);
    });
    expect(order).toEqual(["done 0", "done 1"]);
  });

  test("drain closes the generator when the callback throws", async () => {
    const { generator, log } = counter(3);
    const failing = drain(generator, () => {
      throw new Error("enough");
    });
    await expect(failing).rejects.toThrow("enough");
    expect(log).toEqual(["closed"]);
  });

  test("collect gathers every item", async () => {
    expect(await collect(counter(4).generator)).toEqual([0, 1, 2, 3]);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { Gate } from "../../lib/server/gate.js";

test("never more inside than allowed, all served in order, whatever comes and goes", async () => {
  const visitors = fc.array(fc.record({ stay: fc.nat(3), patience: fc.option(fc.nat(4)) }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(visitors, fc.integer({ min: 1, max: 3 }), async (all, maxConcurrent) => {
      const gate = new Gate({ maxConcurrent, maxQueue: 100 });
      let inside = 0;
      const order: number[] = [];
      const tick = () => new Promise((resolve) => setImmediate(resolve));
      await Promise.all(
        all.map(async ({ stay, patience }, visitor) => {
          const abort = new AbortController();
          const entered = gate.enter(abort.signal);
          entered.catch(() => {});
          if (patience !== null) {
            void (async () => {
              for (let turn = 0; turn < patience; turn++) await tick();
              abort.abort(new Error("impatient"));
            })();
          }
          const leave = await entered.catch(() => undefined);
          if (leave === undefined) return;
          order.push(visitor);
          inside++;
          expect(inside).toBeLessThanOrEqual(maxConcurrent);
          for (let turn = 0; turn < stay; turn++) await tick();
          inside--;
          leave();
          leave();
        }),
      );
      expect(order).toEqual([...order].sort((a, b) => a - b));
      // Nobody left a place behind taken: as many as allowed get in at once.
      const places = await Promise.all(
        Array.from({ length: maxConcurrent }, () => gate.enter(new AbortController().signal)),
      );
      expect(places).toHaveLength(maxConcurrent);
    }),
    { numRuns: 60 },
  );
});

test("sends away whom it has no room for, and says when to come again", async () => {
  const seen: [number, number][] = [];
  const gate = new Gate({ maxConcurrent: 1, maxQueue: 1, onChange: (...numbers) => seen.push(numbers) });
  const signal = new AbortController().signal;
  const leave = await gate.enter(signal);
  const next = gate.enter(signal);
  await expect(gate.enter(signal)).rejects.toMatchObject({
    status: 429,
    details: { retryAfter: 1, code: "queue_full" },
  });
  leave();
  (await next)();
  expect(seen.at(-1)).toEqual([0, 0]);
  expect(seen).toContainEqual([1, 1]);
});

test("lets nobody in by a number that makes no sense", () => {
  expect(() => new Gate({ maxConcurrent: 0, maxQueue: 1 })).toThrow("`maxConcurrent`");
  expect(() => new Gate({ maxConcurrent: 1, maxQueue: -1 })).toThrow("`maxQueue`");
});

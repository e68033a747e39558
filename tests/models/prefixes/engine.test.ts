import { expect, test } from "vitest";
import { Engine, fittingGroups, Stopped } from "../../../lib/models/prefixes/engine.js";
import type { GraphRunner, RowRequest } from "../../../lib/models/prefixes/request.js";

const request = (...tokens: number[]): RowRequest => ({ tokens, firstRow: tokens.length - 1 });

/** A runner whose row for a text is its token sum, and which takes one pause a text. */
function summing(seen: number[][][] = [], capacity = 100): GraphRunner {
  return {
    capacity,
    cachedLength: () => 0,
    rows: async (requests, pause) => {
      seen.push(requests.map(({ tokens }) => [...tokens]));
      const rows = [];
      for (const { tokens } of requests) {
        await pause();
        rows.push([Float32Array.of(tokens.reduce((a, b) => a + b, 0))]);
      }
      return rows;
    },
  };
}

test.each([
  {
    name: "distinct texts",
    texts: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    capacity: 4,
    groups: [2, 1],
  },
  {
    name: "a shared prefix counts once",
    texts: [
      [1, 2, 3],
      [1, 2, 4],
      [1, 2, 5],
    ],
    capacity: 5,
    groups: [3],
  },
  { name: "one text that fills the cache", texts: [[1, 2, 3, 4]], capacity: 4, groups: [1] },
  { name: "no texts", texts: [], capacity: 4, groups: [] },
])("fittingGroups: $name", ({ texts, capacity, groups }) => {
  expect(
    fittingGroups(
      texts.map((tokens) => request(...tokens)),
      capacity,
    ).map((group) => group.length),
  ).toEqual(groups);
});

test("jobs that wait together are computed together, and each gets its own rows", async () => {
  const seen: number[][][] = [];
  const engine = new Engine(summing(seen));
  const answers = [
    engine.rows(0, [request(1)]),
    engine.rows(1, [request(2), request(3)]),
    engine.rows(2, [request(4)]),
  ];
  const sums = (await Promise.all(answers)).map((rows) => rows.map(([row]) => row![0]));
  expect(sums).toEqual([[1], [2, 3], [4]]);
  expect(seen).toEqual([[[1]], [[2], [3], [4]]]);
});

test("a job stopped while it waits is never computed", async () => {
  const seen: number[][][] = [];
  const engine = new Engine(summing(seen));
  const first = engine.rows(0, [request(1)]);
  const second = engine.rows(1, [request(2)]);
  engine.stop(1);
  await expect(second).rejects.toBeInstanceOf(Stopped);
  await first;
  expect(seen).toEqual([[[1]]]);
});

test("a job under way stops at the next pause, and the engine goes on", async () => {
  const engine = new Engine(summing());
  const many = engine.rows(
    0,
    Array.from({ length: 50 }, (_, i) => request(i)),
  );
  engine.stop(0);
  await expect(many).rejects.toBeInstanceOf(Stopped);
  await expect(engine.rows(1, [request(5)])).resolves.toEqual([[Float32Array.of(5)]]);
});

test("a failure reaches every job of the run, and the next run works", async () => {
  let calls = 0;
  const engine = new Engine({
    capacity: 10,
    cachedLength: () => 0,
    rows: async (requests) => {
      if (calls++ === 0) throw new Error("broken graph");
      return requests.map(() => [Float32Array.of(1)]);
    },
  });
  await expect(engine.rows(0, [request(1)])).rejects.toThrow("broken graph");
  await expect(engine.rows(1, [request(1)])).resolves.toHaveLength(1);
});

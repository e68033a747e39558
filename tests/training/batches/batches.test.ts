import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError } from "../../../lib/core/errors.js";
import {
  type Batch,
  type Batches,
  type BatchOptions,
  contiguousStreams,
  documentCrops,
  fixedBatches,
  randomWindows,
  shuffledWindows,
  type TokenizedDocuments,
} from "../../../lib/training/batches/index.js";
import { numbered } from "./documents.js";

type Kind = (data: TokenizedDocuments, options: BatchOptions) => Batches;

const kinds: Record<string, Kind> = {
  randomWindows,
  shuffledWindows,
  contiguousStreams,
  "documentCrops, start": (data, options) => documentCrops(data, { ...options, crop: "start" }),
  "documentCrops, random": (data, options) => documentCrops(data, { ...options, crop: "random" }),
};

const rowsOf = ({ inputs, batchSize, length }: Batch) =>
  Array.from({ length: batchSize }, (_, row) => [...inputs.slice(row * length, (row + 1) * length)]);
const take = (batches: Batches, count: number) => Array.from({ length: count }, () => batches.next());
const options = fc.record({
  batchSize: fc.integer({ min: 1, max: 4 }),
  length: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
});
const documents = fc
  .array(fc.integer({ min: 10, max: 30 }), { minLength: 4, maxLength: 8 })
  .map((lengths) => numbered(lengths));

describe.each(Object.entries(kinds))("%s", (_, kind) => {
  test("law: targets are the tokens that follow, and rows are pieces of the text", () => {
    fc.assert(
      fc.property(documents, options, (data, settings) => {
        for (const { inputs, targets, batchSize, length } of take(kind(data, settings), 5)) {
          expect({ batchSize, length }).toEqual({
            batchSize: settings.batchSize,
            length: settings.length,
          });
          expect(inputs.length).toBe(batchSize * length);
          expect(targets.length).toBe(batchSize * length);
          for (let at = 0; at < inputs.length; at++) {
            const isRowEnd = (at + 1) % length === 0;
            // Streams put documents in another order, so that a row may step from one into the next.
            if (!isRowEnd) expect(targets[at]).toBe(inputs[at + 1]);
          }
        }
      }),
    );
  });

  test("law: the same seed gives the same batches, and goes on from any position as if it had never stopped", () => {
    fc.assert(
      fc.property(documents, options, fc.nat(12), (data, settings, skipped) => {
        const running = kind(data, settings);
        take(running, skipped);
        const from = JSON.parse(JSON.stringify(running.position()));
        expect(from).toEqual({
          epoch: Math.floor(skipped / running.batchesPerEpoch),
          index: skipped % running.batchesPerEpoch,
          seed: settings.seed,
        });
        expect(take(kind(data, { ...settings, from }), 4)).toEqual(take(running, 4));
      }),
    );
  });

  test("another seed, and another epoch, give other batches", () => {
    const data = numbered(Array.from({ length: 40 }, () => 21));
    const settings = { batchSize: 4, length: 5, seed: 1 };
    const batches = kind(data, settings);
    const [first, second] = [take(batches, batches.batchesPerEpoch), take(batches, batches.batchesPerEpoch)];
    expect(second.map(rowsOf)).not.toEqual(first.map(rowsOf));
    const other = kind(data, { ...settings, seed: 2 });
    expect(take(other, other.batchesPerEpoch).map(rowsOf)).not.toEqual(first.map(rowsOf));
  });

  test.each<[string, Partial<BatchOptions>, RegExp]>([
    ["batchSize", { batchSize: 0 }, /`batchSize` must be a whole number from 1/],
    ["length", { length: 1.5 }, /`length` must be a whole number from 1/],
    ["seed", { seed: -1 }, /`seed` must be/],
    ["another seed to go on from", { from: { epoch: 0, index: 0, seed: 9 } }, /`from.seed` must be the seed/],
    ["an index beyond the epoch", { from: { epoch: 0, index: 1e6, seed: 1 } }, /`from.index` must be .* to/],
    ["an epoch that is none", { from: { epoch: -1, index: 0, seed: 1 } }, /`from.epoch`/],
  ])("refuses a wrong %s", (_, change, message) => {
    const build = () => kind(numbered([30, 30]), { batchSize: 2, length: 4, seed: 1, ...change }).next();
    expect(build).toThrow(OptionError);
    expect(build).toThrow(message);
  });
});

test("law: an epoch of shuffled windows sees each window once", () => {
  fc.assert(
    fc.property(documents, options, (data, settings) => {
      const batches = shuffledWindows(data, settings);
      const starts = take(batches, batches.batchesPerEpoch).flatMap((batch) =>
        rowsOf(batch).map((row) => row[0]!),
      );
      expect(new Set(starts).size).toBe(starts.length);
      expect(new Set(starts.map((start) => start % settings.length)).size).toBe(1);
      const windows = Math.floor((data.tokens.length - 1) / settings.length);
      expect(starts.length).toBeGreaterThan(windows - settings.batchSize);
    }),
  );
});

test("random windows reach the first and the last token", () => {
  const batches = randomWindows(numbered([12]), { batchSize: 8, length: 10, seed: 4 });
  const seen = take(batches, 20);
  expect(new Set(seen.flatMap(({ inputs }) => inputs[0]))).toEqual(new Set([0, 1]));
  expect(seen.some(({ targets }) => targets.includes(11))).toBe(true);
});

test("law: each row of streams goes on where it ended, until the epoch does", () => {
  fc.assert(
    fc.property(documents, options, (data, settings) => {
      const batches = contiguousStreams(data, settings);
      const epoch = take(batches, batches.batchesPerEpoch);
      expect(epoch.map(({ continues }) => continues)).toEqual(epoch.map((_, index) => index > 0));
      for (const [index, batch] of epoch.entries()) {
        if (index === 0) continue;
        const before = epoch[index - 1]!;
        for (let row = 1; row <= settings.batchSize; row++) {
          expect(batch.inputs[(row - 1) * settings.length]).toBe(before.targets[row * settings.length - 1]);
        }
      }
      const read = epoch.flatMap(({ inputs }) => [...inputs]);
      expect(new Set(read).size).toBe(read.length);
      expect(batches.next().continues).toBe(false);
    }),
  );
});

describe("crops", () => {
  test("are the documents' starts, each document once an epoch", () => {
    const data = numbered([12, 12, 12, 12]);
    const batches = documentCrops(data, { batchSize: 2, length: 5, seed: 3, crop: "start" });
    expect(batches.batchesPerEpoch).toBe(2);
    const starts = take(batches, 2).flatMap((batch) => rowsOf(batch).map((row) => row[0]!));
    expect(starts.toSorted((a, b) => a - b)).toEqual([0, 12, 24, 36]);
  });

  test("are drawn anywhere within their documents", () => {
    const data = numbered([8, 8]);
    const batches = documentCrops(data, { batchSize: 2, length: 5, seed: 3, crop: "random" });
    const starts = take(batches, 60).flatMap((batch) => rowsOf(batch).map((row) => row[0]!));
    expect(new Set(starts)).toEqual(new Set([0, 1, 2, 8, 9, 10]));
  });

  test("fill short documents up with end tokens, or refuse them", () => {
    const crops = { batchSize: 1, length: 5, seed: 3, crop: "start" } as const;
    const { inputs, targets } = documentCrops(numbered([3], 99), crops).next();
    expect([...inputs]).toEqual([0, 1, 2, 99, 99]);
    expect([...targets]).toEqual([1, 2, 99, 99, 99]);
    expect(() => documentCrops(numbered([3]), crops).next()).toThrow(/no end token to fill up with/);
    expect(() => documentCrops(numbered([3]), { ...crops, crop: "end" as "start" })).toThrow(
      /"start" or "random"/,
    );
    expect(() => documentCrops(numbered([9]), { ...crops, batchSize: 2 })).toThrow(
      /at most 1: there are no more/,
    );
  });
});

describe("a text shorter than the context", () => {
  const settings = { batchSize: 1, length: 8, seed: 1 };
  test.each([
    ["randomWindows", randomWindows],
    ["shuffledWindows", shuffledWindows],
    ["contiguousStreams", contiguousStreams],
  ] as const)("%s says how long a window can be", (_, kind) => {
    expect(() => kind(numbered([8]), settings)).toThrow(
      "`length` must be shorter than the text, which has 8 tokens (so at most 7), but is 8",
    );
    expect(kind(numbered([9]), settings).batchesPerEpoch).toBe(1);
    expect(() => kind(numbered([1]), settings)).toThrow(/too short for any/);
  });

  test("too many rows", () => {
    expect(() => shuffledWindows(numbered([17]), { ...settings, batchSize: 3 })).toThrow(/at most 2/);
    expect(() => contiguousStreams(numbered([17]), { ...settings, batchSize: 3 })).toThrow(/at most 2/);
  });
});

describe("fixedBatches", () => {
  test("takes at most an epoch", () => {
    const source = () => shuffledWindows(numbered([41]), { batchSize: 2, length: 4, seed: 1 });
    expect(fixedBatches(source(), 2)).toEqual(take(source(), 2));
    expect(fixedBatches(source())).toHaveLength(5);
    expect(fixedBatches(source(), 100)).toHaveLength(5);
    expect(() => fixedBatches(source(), 0)).toThrow(OptionError);
  });
});

import { appendFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  appendHistory,
  type HistoryRow,
  readHistory,
  writeHistory,
} from "../../../lib/training/run/history.js";
import { temporaryDirectory } from "../../support/temporary.js";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const always = {
  step: fc.nat(),
  loss: number,
  gradientNorm: number,
  learningRate: number,
  tokensPerSecond: number,
};
const row: fc.Arbitrary<HistoryRow> = fc.oneof(
  fc.record(always),
  fc.record({ ...always, validationLoss: number, bitsPerCharacter: number, perplexity: number }),
);

/** CSV has no negative zero. */
const plain = (rows: readonly HistoryRow[]) => JSON.parse(JSON.stringify(rows)) as HistoryRow[];

test("what was written is read back bit for bit", async () => {
  const file = path.join(await temporaryDirectory(), "history.csv");
  await fc.assert(
    fc.asyncProperty(fc.array(row), fc.array(row), async (first, second) => {
      await writeHistory(file, first);
      await appendHistory(file, second);
      expect(await readHistory(file)).toEqual(plain([...first, ...second]));
    }),
    { numRuns: 50 },
  );
});

test("a line that a kill left half written is left out", async () => {
  const file = path.join(await temporaryDirectory(), "history.csv");
  const rows = [{ step: 1, loss: 2.5, gradientNorm: 1, learningRate: 0.1, tokensPerSecond: 9 }];
  await writeHistory(file, rows);
  await appendFile(file, "2,2.4,1.1");
  expect(await readHistory(file)).toEqual(rows);
});

test("a file that is missing or another is an error", async () => {
  const file = path.join(await temporaryDirectory(), "history.csv");
  await expect(readHistory(file)).rejects.toThrow("could not be read");
  await appendFile(file, "a,b\n1,2\n");
  await expect(readHistory(file)).rejects.toThrow("no history");
});

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { listCheckpoints } from "../../../lib/models/trained/checkpointFolders.js";
import { makeCheckpoint, removeCheckpoint, removeLeftOvers } from "../../../lib/training/run/checkpoints.js";
import { temporaryDirectory } from "../../support/temporary.js";

const filled = (text: string) => (directory: string) => writeFile(path.join(directory, "a"), text);

test("a checkpoint whose writing fails leaves nothing, and the one before it stays", async () => {
  const folder = await temporaryDirectory();
  await makeCheckpoint(folder, 5, filled("whole"));
  const broken = makeCheckpoint(folder, 5, async (directory) => {
    await filled("half")(directory);
    throw new Error("disk full");
  });
  await expect(broken).rejects.toThrow("disk full");
  expect(await readdir(folder)).toEqual(["5"]);
  expect(await readFile(path.join(folder, "5", "a"), "utf8")).toBe("whole");
});

test("one of the same step is replaced, and steps are listed in the order of numbers", async () => {
  const folder = await temporaryDirectory();
  for (const [step, text] of [
    [100, "x"],
    [20, "old"],
    [20, "new"],
  ] as const) {
    await makeCheckpoint(folder, step, filled(text));
  }
  expect(await listCheckpoints(folder)).toEqual([20, 100]);
  expect(await readFile(path.join(folder, "20", "a"), "utf8")).toBe("new");
  await removeCheckpoint(folder, 20);
  expect(await readdir(folder)).toEqual(["100"]);
});

test("what a kill left half written or half removed is no checkpoint, and is swept away", async () => {
  const folder = await temporaryDirectory();
  await makeCheckpoint(folder, 1, filled("whole"));
  for (const name of ["2.partial", "3.removed"]) await mkdir(path.join(folder, name));
  expect(await listCheckpoints(folder)).toEqual([1]);
  await removeLeftOvers(folder);
  expect(await readdir(folder)).toEqual(["1"]);
});

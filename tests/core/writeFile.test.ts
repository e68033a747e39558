import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { replaceFile } from "../../lib/core/writeFile.js";
import { temporaryDirectory } from "../support/temporary.js";

test("writes a file into a folder that it makes, and replaces it", async () => {
  const file = path.join(await temporaryDirectory(), "a", "b.txt");
  await replaceFile(file, "one");
  await replaceFile(file, new TextEncoder().encode("two"));
  expect(await readFile(file, "utf8")).toBe("two");
  expect(await readdir(path.dirname(file))).toEqual(["b.txt"]);
});

test("leaves nothing behind where it fails, and what was there as it was", async () => {
  const folder = await temporaryDirectory();
  await mkdir(path.join(folder, "taken"));
  await writeFile(path.join(folder, "taken", "inside"), "kept");
  await expect(replaceFile(path.join(folder, "taken"), "text")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(await readdir(folder)).toEqual(["taken"]);
  expect(await readFile(path.join(folder, "taken", "inside"), "utf8")).toBe("kept");
});

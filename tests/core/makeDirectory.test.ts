import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { makeDirectory } from "../../lib/core/makeDirectory.js";
import { temporaryDirectory } from "../support/temporary.js";

test("makes a directory and what is missing above it, once or again, alone or beside others", async () => {
  const above = await temporaryDirectory();
  const directories = ["a/b/c", "a/b/c", "a/b/d", "a"].map((name) => path.join(above, name));
  await Promise.all(directories.map(makeDirectory));
  for (const directory of directories) expect((await stat(directory)).isDirectory()).toBe(true);
});

test("a relative one", async () => {
  await makeDirectory(".");
  await expect(makeDirectory("package.json")).rejects.toMatchObject({ code: "EEXIST" });
});

test("can't make one in the place of a file, or within it", async () => {
  const file = path.join(await temporaryDirectory(), "file");
  await writeFile(file, "kept");
  await expect(makeDirectory(file)).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeDirectory(path.join(file, "a", "b"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.skipIf(!existsSync("/proc/self"))(
  "comes back from a file system that takes nothing new",
  { timeout: 5000 },
  async () => {
    await expect(makeDirectory("/proc/none/below")).rejects.toMatchObject({ code: "ENOENT" });
  },
);

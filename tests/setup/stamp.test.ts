import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  fingerprint,
  fingerprintFiles,
  isStamped,
  listFiles,
  sha256,
  writeStamp,
} from "../../scripts/setup/stamp.mjs";
import { temporaryFolder, writeFiles } from "./folders.js";

test("a fingerprint depends on each part and on where it ends", () => {
  const all = [
    fingerprint("ab", "c"),
    fingerprint("a", "bc"),
    fingerprint("abc"),
    fingerprint("c", "ab"),
    fingerprint(),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test("files are told apart by name, content and absence", () => {
  const folder = temporaryFolder();
  writeFiles(folder, { "a/x": "1", "a/b/y": "2", "a/skipped/z": "3" });
  expect(listFiles(folder, "a", (name) => name === "skipped")).toEqual(["a/b/y", "a/x"]);
  expect(listFiles(folder, "none")).toEqual([]);
  const before = fingerprintFiles(folder, ["a/x", "a/b/y"]);
  expect(fingerprintFiles(folder, ["a/x", "a/b/y"])).toBe(before);
  writeFileSync(join(folder, "a/x"), "2");
  expect(fingerprintFiles(folder, ["a/x", "a/b/y"])).not.toBe(before);
  rmSync(join(folder, "a/x"));
  expect(fingerprintFiles(folder, ["a/x", "a/b/y"])).not.toBe(before);
});

test("sha256 is the published one", async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { abc: "abc" });
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await sha256(join(folder, "abc"))).toBe(expected);
});

test.each([
  ["another key", () => {}, "other"],
  ["a file gone", (folder: string) => rmSync(join(folder, "out")), "key"],
  ["a file cut short", (folder: string) => writeFileSync(join(folder, "out"), "12"), "key"],
  ["a stamp cut short", (folder: string) => writeFileSync(join(folder, "stamp"), '{"key": "key"'), "key"],
  ["no stamp", (folder: string) => rmSync(join(folder, "stamp")), "key"],
])("a stamp does not hold with %s", (_, change, key) => {
  const folder = temporaryFolder();
  writeFiles(folder, { out: "123" });
  writeStamp(join(folder, "stamp"), "key", folder, ["out"]);
  expect(isStamped(join(folder, "stamp"), "key", folder)).toBe(true);
  change(folder);
  expect(isStamped(join(folder, "stamp"), key, folder)).toBe(false);
});

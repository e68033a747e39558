import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extractZipMember, tarMember, zipMembers } from "../../scripts/setup/archive.mjs";
import { temporaryFolder, writeFiles } from "./folders.js";
import { zipOf } from "./zip.js";

const names = fc.string({ unit: fc.constantFrom("a", "b", "é", "_", "-", "."), minLength: 1, maxLength: 12 });
const contents = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));

async function extract(folder: string, archive: Buffer, name: string): Promise<Buffer> {
  writeFileSync(join(folder, "a.zip"), archive);
  const member = zipMembers(join(folder, "a.zip")).find((one) => one.name === name);
  if (!member) throw new Error(`no ${name}`);
  await extractZipMember(join(folder, "a.zip"), member, join(folder, "out"));
  return readFileSync(join(folder, "out"));
}

describe("zip", () => {
  test("every member comes out as it went in", async () => {
    const folder = temporaryFolder();
    const archives = fc.dictionary(names, contents, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(archives, fc.constantFrom(0 as const, 8 as const), async (members, method) => {
        const archive = zipOf(members, method);
        for (const [name, content] of Object.entries(members)) {
          expect(await extract(folder, archive, name)).toEqual(content);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("as Python writes it", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "model.gguf": Buffer.alloc(200_000, "weights ") });
    execFileSync("python3", ["-m", "zipfile", "-c", "made.zip", "model.gguf"], { cwd: folder });
    const archive = readFileSync(join(folder, "made.zip"));
    expect(await extract(folder, archive, "model.gguf")).toEqual(Buffer.alloc(200_000, "weights "));
  });

  const whole = zipOf({ "a.txt": Buffer.from("hello hello hello hello hello") }, 8);
  test.each([
    ["cut off", whole.subarray(0, whole.length - 30), "as if it was cut off"],
    ["empty", Buffer.alloc(0), "as if it was cut off"],
    [
      "changed inside",
      Buffer.concat([whole.subarray(0, 35), Buffer.alloc(4, 0xff), whole.subarray(39)]),
      "a.txt",
    ],
  ])("an archive that is %s is damaged", async (_, archive, message) => {
    const folder = temporaryFolder();
    await expect(extract(folder, archive, "a.txt")).rejects.toThrow(`${join(folder, "a.zip")} is damaged: `);
    await expect(extract(folder, archive, "a.txt")).rejects.toThrow(message);
  });
});

describe("tar", () => {
  function tarOf(files: Record<string, string>): Buffer {
    const folder = temporaryFolder();
    writeFiles(folder, files);
    execFileSync("tar", ["czf", "made.tgz", ...Object.keys(files)], { cwd: folder });
    return readFileSync(join(folder, "made.tgz"));
  }

  test("finds a member by its path or its end", () => {
    const archive = tarOf({ "package/data/data.txt": "x".repeat(1500), "package/other.txt": "o" });
    expect(tarMember(archive, "package/other.txt", "made.tgz").toString()).toBe("o");
    expect(tarMember(archive, "data/data.txt", "made.tgz").toString()).toBe("x".repeat(1500));
  });

  test("refuses what is cut off or lacks the member", () => {
    const archive = tarOf({ "a/b.txt": "b" });
    expect(() => tarMember(archive.subarray(0, 60), "a/b.txt", "made.tgz")).toThrow(
      "made.tgz is damaged: it is no whole gzip",
    );
    expect(() => tarMember(archive, "a/c.txt", "made.tgz")).toThrow(
      "made.tgz is damaged: it holds no a/c.txt",
    );
  });
});

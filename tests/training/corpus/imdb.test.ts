import { execFileSync } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CorpusError } from "../../../lib/core/errors.js";
import { tarFiles } from "../../../lib/training/corpus/imdb/tar.js";
import { type CorpusDocument, openCorpus, splitCorpus } from "../../../lib/training/corpus/index.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { place } from "./read.js";

let root: string;
let archive: string;
const longName = `${"deep/".repeat(30)}train/pos/7_9.txt`;

beforeAll(async () => {
  root = await temporaryDirectory();
  for (const part of ["train", "test"])
    for (const label of ["pos", "neg"])
      for (const id of [0, 1, 2])
        await place(
          root,
          `aclImdb/${part}/${label}/${id}_${label === "pos" ? 9 : 2}.txt`,
          `${part} ${label} ${id}`,
        );
  await place(root, "aclImdb/train/unsup/0_0.txt", "no label");
  await place(root, "aclImdb/README", "about");
  await place(root, "aclImdb/imdb.vocab", "x".repeat(5000));
  await place(root, path.join("aclImdb", longName), "found deep");
  archive = path.join(root, "aclImdb_v1.tar.gz");
  execFileSync("tar", ["czf", archive, "-C", root, "aclImdb"]);
});

async function documentsOf(location: string): Promise<CorpusDocument[]> {
  const found: CorpusDocument[] = [];
  for await (const document of (await openCorpus("imdb", { archive: location })).documents())
    found.push(document);
  return found.sort((a, b) => (a.text < b.text ? -1 : 1));
}

describe("IMDB reviews", () => {
  test("come from the archive with their part and label, the unlabelled left out", async () => {
    const documents = await documentsOf(archive);
    expect(documents).toHaveLength(13);
    expect(documents[1]).toMatchObject({ text: "test neg 0", part: "test", label: "negative" });
    expect(documents.at(-1)).toMatchObject({ text: "train pos 2", part: "train", label: "positive" });
    expect(documents[0]).toMatchObject({ text: "found deep", name: `aclImdb/${longName}` });
  });

  test("and from the folder that it unpacks to", async () => {
    const fields = ({ text, part, label }: CorpusDocument) => ({ text, part, label });
    expect((await documentsOf(path.join(root, "aclImdb"))).map(fields)).toEqual(
      (await documentsOf(archive)).map(fields),
    );
  });

  test("the published test part stays the test", async () => {
    const corpus = await openCorpus("imdb", { archive });
    const split = await splitCorpus(corpus, { validation: 0.2 });
    expect([split.train.documents, split.validation.documents, split.test.documents]).toEqual([6, 1, 6]);
    for await (const text of split.test.texts()) expect(text).toMatch(/^test/);
    for await (const text of split.train.texts()) expect(text).not.toMatch(/^test/);
    await expect(splitCorpus(corpus, { test: 0.1 })).rejects.toThrow(/has a test part as published/);
  });

  test("an archive that is cut off, that is none, or holds something else", async () => {
    const whole = await readFile(archive);
    const cut = await place(root, "cut.tar.gz", whole.subarray(0, whole.length - 40));
    await expect(documentsOf(cut)).rejects.toThrow(CorpusError);
    const other = await place(root, "other.tar", "no archive ".repeat(100));
    await expect(documentsOf(other)).rejects.toThrow(/no tar archive/);
    const text = await place(root, "elsewhere/a.txt", "text");
    execFileSync("tar", ["cf", path.join(root, "strange.tar"), "-C", path.dirname(text), "a.txt"]);
    await expect(documentsOf(path.join(root, "strange.tar"))).rejects.toThrow(/holds no reviews/);
    const plain = path.join(root, "plain.tar");
    execFileSync("tar", ["cf", plain, "-C", root, "aclImdb"]);
    const file = await open(plain, "r+");
    await file.truncate(9000);
    await file.close();
    await expect(documentsOf(plain)).rejects.toThrow(/cut off/);
  });
});

test("a tar archive is read alike whatever pieces it comes in", async () => {
  const plain = path.join(root, "pieces.tar");
  execFileSync("tar", ["cf", plain, "-C", root, "aclImdb"]);
  const bytes = await readFile(plain);
  const read = async (size: number) => {
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })();
    const found: string[] = [];
    for await (const { path: name, bytes } of tarFiles(pieces, plain, (name) => name.endsWith(".txt")))
      found.push(`${name} ${Buffer.from(bytes)}`);
    return found;
  };
  const once = await read(bytes.length);
  expect(once).toHaveLength(14);
  for (const size of [1, 100, 511, 512, 513, 10_240]) expect(await read(size)).toEqual(once);
});

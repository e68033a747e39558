import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CorpusError, OptionError } from "../../../lib/core/errors.js";
import { openCorpus } from "../../../lib/training/corpus/index.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { place, textsOf } from "./read.js";

let root: string;
beforeAll(async () => {
  root = await temporaryDirectory();
});

const csv = 'id,body\n1,"hello, ""world"""\n\n2,bye\n3,"two\nlines"\n';
const jsonl = '{"id":1,"text":"one"}\n\n{"text":"two\\nlines","id":2}\r\n';

describe("files", () => {
  test.each<[string, string, string | Uint8Array, object, string[]]>([
    ["a text is one document, its line ends LF", "a.txt", "a\r\nb\n", {}, ["a\nb\n"]],
    ["by line, the last one without an end too", "a.txt", "a\r\n\nb", { unit: "line" }, ["a", "", "b"]],
    [
      "by paragraph, however many lines are between them",
      "a.md",
      "\na\nb\r\n\n  \nc\n",
      { unit: "paragraph" },
      ["a\nb", "c"],
    ],
    ["a name without an ending is text", "LICENSE", "words", {}, ["words"]],
    ["CSV by column, with quotes", "a.csv", csv, { column: "body" }, ['hello, "world"', "bye", "two\nlines"]],
    ["TSV", "a.tsv", "text\tn\nx, y\t1\n", {}, ["x, y"]],
    ["JSONL", "a.jsonl", jsonl, {}, ["one", "two\nlines"]],
    ["packed JSONL", "a.jsonl.gz", gzipSync(jsonl), { column: "text" }, ["one", "two\nlines"]],
    ["packed text", "a.txt.gz", gzipSync("packed"), {}, ["packed"]],
  ])("%s", async (_, name, content, options, texts) => {
    expect(await textsOf(await place(root, name, content), options)).toEqual(texts);
  });

  test("documents say where they come from", async () => {
    const file = await place(root, "where.csv", csv);
    const names: string[] = [];
    for await (const { name } of (await openCorpus(file, { column: "body" })).documents()) names.push(name);
    expect(names).toEqual([`${file}:2`, `${file}:4`, `${file}:6`]);
  });

  test("a large file streams: stopping early reads no more of it", async () => {
    const file = await place(root, "large.txt", "line\n".repeat(3_000_000));
    const corpus = await openCorpus(file, { unit: "line" });
    const before = process.memoryUsage().arrayBuffers;
    for await (const { text } of corpus.documents()) {
      expect(text).toBe("line");
      break;
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6);
  });
});

describe("folders", () => {
  test("give their texts in the order of their paths, hidden ones left out", async () => {
    for (const name of ["b/2.txt", "b/1.md", "a.txt", ".git/x.txt", "b/.hidden.txt", "b/picture.png"])
      await place(root, path.join("folder", name), name);
    expect(await textsOf(path.join(root, "folder"))).toEqual(["a.txt", "b/1.md", "b/2.txt"]);
    expect(await textsOf(path.join(root, "folder"), { unit: "line" })).toHaveLength(3);
  });

  test("of tables are read by column", async () => {
    await place(root, "tables/1.csv", csv);
    await place(root, "tables/2.csv", "body\nlast\n");
    expect(await textsOf(path.join(root, "tables"), { column: "body" })).toHaveLength(4);
  });
});

describe("encodings", () => {
  const text = "naïve 🦔 — ok\n";
  const utf16be = Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
  test.each<[string, Uint8Array, object]>([
    ["UTF-8", Buffer.from(text), {}],
    ["UTF-8 with a mark", Buffer.from(`\uFEFF${text}`), {}],
    ["UTF-16 LE with a mark", Buffer.from(`\uFEFF${text}`, "utf16le"), {}],
    ["UTF-16 BE with a mark", utf16be, {}],
    ["UTF-16 LE by name", Buffer.from(text, "utf16le"), { encoding: "utf-16le" }],
  ])("%s", async (name, content, options) => {
    expect(await textsOf(await place(root, `${name}.txt`, content), options)).toEqual([text]);
  });

  test("Latin-1 by name", async () => {
    const file = await place(root, "latin1.txt", Buffer.from("na\u00efve", "latin1"));
    expect(await textsOf(file, { encoding: "latin1" })).toEqual(["naïve"]);
  });

  test("characters cut between two reads are put together", async () => {
    const long = `a${"é🦔漢".repeat(400_000)}`;
    expect(await textsOf(await place(root, "long.txt", long))).toEqual([long]);
  });

  const padding = Buffer.alloc(1_500_000, 0x61);
  test.each<[string, Uint8Array, object, RegExp]>([
    ["a byte that is none", Buffer.from([0x61, 0xe9, 0x62]), {}, /byte 1 \(0xE9\) is not UTF-8; .*latin1/],
    ["after a mark", Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]), {}, /byte 4 \(0xFF\)/],
    ["far into the file", Buffer.concat([padding, Buffer.from([0xc3, 0x28])]), {}, /byte 1500000 \(0xC3\)/],
    ["an overlong form", Buffer.from([0x61, 0xe0, 0x80, 0x80]), {}, /byte 1 \(0xE0\)/],
    ["a surrogate", Buffer.from([0xed, 0xa0, 0x80]), {}, /byte 0 \(0xED\)/],
    ["a character cut off at the end", Buffer.from([0x61, 0xf0, 0x9f]), {}, /byte 1 .* ends in the middle/],
    ["a binary file", Buffer.from([0x89, 0x50, 0x00, 0x1a]), {}, /byte 2 is zero, as in binary files/],
    ["half a pair in UTF-16", Buffer.from([0x00, 0xd8]), { encoding: "utf-16le" }, /not valid UTF-16LE/],
    [
      "a mark against the name",
      Buffer.from("\uFEFFab", "utf16le"),
      { encoding: "utf-8" },
      /mark of utf-16le/,
    ],
  ])("%s is refused with its place", async (name, content, options, message) => {
    const file = await place(root, `bad/${name}.txt`, content);
    await expect(textsOf(file, options)).rejects.toThrow(CorpusError);
    await expect(textsOf(file, options)).rejects.toThrow(message);
    await expect(textsOf(file, options)).rejects.toThrow(file);
  });
});

describe("is refused with the way out", () => {
  test.each<[string, string, string | undefined, object, RegExp]>([
    ["nothing of that name", "nowhere", undefined, {}, /no such file or folder.*movie-reviews, moby-dick/],
    ["a name with a slip", "moby-dik", undefined, {}, /did you mean moby-dick\?/],
    ["a folder without text", "pictures/a.png", "x", {}, /holds a\.png, but no text \(\.txt/],
    ["an archive", "a.zip", "x", {}, /it is packed \(zip\): unpack it first/],
    ["what is no gzip file", "a.txt.gz", "plain", {}, /does not unpack/],
    ["a column that is not there", "b.csv", csv, {}, /no column "text"; its columns: "id", "body"/],
    [
      "the same in JSONL, with the line",
      "b.jsonl",
      '{"a":1}',
      {},
      /b\.jsonl:1`: it has no column "text".*"a"/,
    ],
    ["a column that is no text", "c.jsonl", '{"text":1}', {}, /c\.jsonl:1.*"text" is no text/],
    ["a line that is no JSON", "d.jsonl", '{"text":"a"}\n{', {}, /d\.jsonl:2`: it is no valid JSON/],
    ["a line that is no object", "e.jsonl", "[1]", {}, /no object/],
    ["a row that is too long", "c.csv", "text,n\na,1\nb,2,3\n", {}, /no valid table: .*line 3/],
    ["a quote that never ends", "d.csv", 'text\n"a\n', {}, /no valid table/],
  ])("%s", async (_, name, content, options, message) => {
    const file = content === undefined ? name : await place(root, `refused/${name}`, content);
    const source = name.startsWith("pictures/") ? path.dirname(file) : file;
    await expect(textsOf(source, options)).rejects.toThrow(CorpusError);
    await expect(textsOf(source, options)).rejects.toThrow(message);
  });

  test.each<[string, string, object, RegExp]>([
    ["a column of plain text", "x.txt", { column: "a" }, /`column` must be left out/],
    ["a unit of a table", "x.csv", { unit: "line" }, /`unit` must be left out/],
    ["an unknown unit", "x.txt", { unit: "word" }, /"file", "line" or "paragraph"/],
    ["an archive beside another name", "x.txt", { archive: "a" }, /`archive` must be left out/],
  ])("%s", async (_, name, options, message) => {
    const file = await place(root, name, "text\nx\n");
    await expect(textsOf(file, options)).rejects.toThrow(OptionError);
    await expect(textsOf(file, options)).rejects.toThrow(message);
  });

  test("options of a corpus that knows how it is read, and IMDB without its archive", async () => {
    await expect(openCorpus("moby-dick", { unit: "line" })).rejects.toThrow(/`unit` must be left out/);
    await expect(openCorpus("imdb")).rejects.toThrow(/`archive` must be the path or address/);
    await expect(openCorpus("imdb", { archive: "/nowhere.tar.gz" })).rejects.toThrow(/no file or folder/);
  });
});

describe("addresses", () => {
  let base: string;
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (url === "/text.txt") response.end("from afar");
    else if (url === "/cut.txt") {
      response.writeHead(200, { "content-length": "100" });
      response.write("only half", () => response.destroy());
    } else response.writeHead(404).end();
  });
  beforeAll(async () => {
    process.env.LOGITBOOK_CORPORA = path.join(root, "kept");
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    delete process.env.LOGITBOOK_CORPORA;
    server.close();
  });

  test("are fetched once, and report how far they are", async () => {
    const seen: object[] = [];
    const onProgress = (progress: object) => seen.push(progress);
    expect(await textsOf(`${base}/text.txt`, { onProgress })).toEqual(["from afar"]);
    expect(await textsOf(`${base}/text.txt`)).toEqual(["from afar"]);
    expect(asked.filter((url) => url === "/text.txt")).toHaveLength(1);
    expect(seen.at(-1)).toMatchObject({ file: "text.txt", loaded: 9 });
  });

  test("leave nothing behind where they fail", async () => {
    await expect(textsOf(`${base}/missing.txt`)).rejects.toThrow(/status 404/);
    await expect(textsOf(`${base}/cut.txt`)).rejects.toThrow(CorpusError);
    await expect(textsOf("http://127.0.0.1:9/x.txt")).rejects.toThrow(/can't be fetched/);
    const kept = await readdir(path.join(root, "kept", "downloads"));
    expect(kept.map((name) => name.slice(13))).toEqual(["text.txt"]);
  });

  test("stop when they are told to", async () => {
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(openCorpus(`${base}/other.txt`, { signal: stopped })).rejects.toThrow("enough");
  });

  test("a named corpus that is not here says what brings it", async () => {
    await expect(openCorpus("moby-dick")).rejects.toThrow(/not in .*kept.*yet: run `npm run setup`/);
  });
});

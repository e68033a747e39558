import { writeFile } from "node:fs/promises";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporary.js";
import { runProgram } from "./program.js";

let root: string;
let reviews: string;
beforeAll(async () => {
  root = await temporaryDirectory();
  reviews = path.join(root, "reviews.csv");
  const rows = Array.from({ length: 40 }, (_, i) => `${i},"${"very ".repeat(i)}good, film ${i}"`);
  await writeFile(reviews, `id,review\n${rows.join("\n")}\n40,\n41,"good, film 0"\n`);
});

const data = (args: readonly string[], options: { columns?: number; corpora?: string } = {}) =>
  runProgram(["data", ...args], {
    root,
    ...(options.columns !== undefined && { columns: options.columns }),
    ...(options.corpora !== undefined && { environment: { LOGITBOOK_CORPORA: options.corpora } }),
  });

describe("the list", () => {
  test("names what there is, with its licence", async () => {
    const { code, stdout, stderr } = await data([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^movie-reviews {4}1\.4 MB {2}10,605 snippets/);
    expect(stdout).toMatch(/^names .*\n +CC0-1\.0$/m);
    expect(JSON.parse((await data(["--json"])).stdout)).toHaveLength(4);
  });

  test("says what is not here", async () => {
    const { stdout } = await data([], { corpora: path.join(root, "none") });
    expect(stdout).toMatch(/^names {10}not here/m);
  });
});

describe("a corpus", () => {
  test("--json keeps its contract", async () => {
    const args = [reviews, "--column", "review", "--tokenizer", "char", "--samples", "2", "--json"];
    const { code, stdout } = await data(args);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(Object.keys(result).sort()).toEqual([
      "licence",
      "name",
      "samples",
      "source",
      "statistics",
      "title",
    ]);
    expect(result).toMatchObject({ name: reviews, title: "reviews.csv", licence: null, source: reviews });
    expect(result.statistics).toMatchObject({ documents: 40, empty: 1, duplicates: 1 });
    expect(result.statistics.tokens).toBe(result.statistics.characters);
    expect(result.samples).toHaveLength(2);
    expect(JSON.parse((await data(args)).stdout).samples).toEqual(result.samples);
    const other = JSON.parse((await data([...args, "--seed", "3"])).stdout);
    expect(other.samples).not.toEqual(result.samples);
  });

  test("is a page of facts, bars, characters and samples", async () => {
    const { stdout } = await data([reviews, "--column", "review", "--samples", "1"]);
    expect(stdout).toMatch(/^documents +40, and 1 empty and 1 repeated left out$/m);
    expect(stdout).toMatch(/^documents by length in characters\n +0–19 +█/m);
    expect(stdout).toMatch(/^characters, the most frequent first\n.*·/m);
    expect(stdout).toMatch(/^samples\nreviews\.csv:\d+\n {2}/m);
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
  });

  test("keeps within a narrow terminal, in colour unless that is not wanted", async () => {
    const { stdout } = await data([reviews, "--column", "review"], { columns: 44 });
    const plain = stripVTControlCharacters(stdout);
    expect(plain).not.toBe(stdout);
    const lines = plain.split(/\r?\n/);
    // The path of the source is one word, which is broken where the line ends.
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(44);
  });
});

describe("bad input: exit 2, one line on stderr, nothing on stdout", () => {
  test.each<[string, string[], RegExp]>([
    ["a corpus that is not there", ["nope"], /no such file or folder, and no corpus of that name/],
    ["a missing column", ["REVIEWS"], /no column "text"; its columns: "id", "review"/],
    ["a unit of a table", ["REVIEWS", "--column", "review", "--unit", "line"], /`unit` must be left out/],
    ["an unknown unit", ["REVIEWS", "--unit", "word"], /Allowed choices are file, line, paragraph/],
    ["options without a corpus", ["--unit", "line"], /--unit needs a corpus/],
    ["a cap without a tokenizer", ["names", "--vocab-size", "300"], /--vocab-size needs --tokenizer/],
    ["a cap below the bytes", ["names", "--tokenizer", "bpe", "--vocab-size", "100"], /from 257/],
    ["IMDB without its archive", ["imdb"], /`archive` must be the path or address/],
  ])("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await data(args.map((arg) => (arg === "REVIEWS" ? reviews : arg)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

test("--help teaches and exits with 0", async () => {
  const { code, stdout } = await data(["--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/logitbook data movie-reviews --tokenizer bpe/);
});

test("--fetch does nothing where the corpus is here, and nothing where it would be of no use", async () => {
  const { code, stderr, stdout } = await data(["names", "--fetch", "--samples", "0"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).not.toMatch(/samples/);
  const elsewhere = await data(["names", "--fetch"], { corpora: path.join(root, "none") });
  expect(elsewhere).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/LOGITBOOK_CORPORA names another/),
  });
});

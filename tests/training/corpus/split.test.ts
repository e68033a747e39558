import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorpusError, OptionError } from "../../../lib/core/errors.js";
import {
  type CorpusPart,
  distinctDocuments,
  type SplitOptions,
  splitCorpus,
} from "../../../lib/training/corpus/index.js";
import { corpusOf } from "./memory.js";

async function read(part: CorpusPart): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of part.texts()) texts.push(text);
  return texts;
}

async function splitTexts(texts: readonly string[], options?: SplitOptions) {
  const split = await splitCorpus(corpusOf(texts), options);
  const parts = [await read(split.train), await read(split.validation), await read(split.test)];
  expect(parts.map(({ length }) => length)).toEqual(
    [split.train, split.validation, split.test].map(({ documents }) => documents),
  );
  return { ...split, parts };
}

const numbered = Array.from({ length: 100 }, (_, i) => `text ${i}`);

describe("by document", () => {
  test("law: parts are disjoint and together everything, each in the order of the corpus", async () => {
    const property = fc.asyncProperty(
      fc.uniqueArray(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
        { minLength: 10 },
      ),
      fc.nat(),
      async (texts, seed) => {
        const { parts } = await splitTexts(texts, { validation: 0.2, test: 0.1, seed });
        expect(parts.flat().toSorted()).toEqual(texts.toSorted());
        for (const part of parts) expect(part).toEqual(texts.filter((text) => part.includes(text)));
      },
    );
    await fc.assert(property);
  });

  test("has the shares that are asked for, at random as the seed says", async () => {
    const { parts } = await splitTexts(numbered, { validation: 0.2, test: 0.1 });
    expect(parts.map(({ length }) => length)).toEqual([70, 20, 10]);
    const validation = async (seed: number) => (await splitTexts(numbered, { seed })).parts[1]!;
    expect(await validation(1)).toEqual(await validation(1));
    expect(await validation(1)).not.toEqual(await validation(2));
    // Not the first ones, nor the last.
    expect(await validation(1)).not.toEqual(numbered.slice(0, 10));
    expect(await validation(1)).not.toEqual(numbered.slice(-10));
  });

  test("a share of nothing is empty, any other gets a document at least", async () => {
    const { parts } = await splitTexts(["a", "b", "c"], { validation: 0.01 });
    expect(parts.map(({ length }) => length)).toEqual([2, 1, 0]);
    expect((await splitTexts(["a", "b"], { validation: 0 })).parts[0]).toEqual(["a", "b"]);
  });

  test("passes over empty and repeated documents, and counts them", async () => {
    const split = await splitTexts(["a", "", "b", "a", " \n", "c", "c"], { validation: 0.3 });
    expect(split).toMatchObject({ documents: 3, empty: 2, duplicates: 2 });
    expect(split.parts.flat().toSorted()).toEqual(["a", "b", "c"]);
  });
});

describe("a single document", () => {
  const text = "0123456789".repeat(10);

  test("is cut where the shares say", async () => {
    const { parts } = await splitTexts([text, "", text], { validation: 0.1 });
    expect(parts).toEqual([[text.slice(0, 90)], [text.slice(90)], []]);
    const three = await splitTexts([text], { validation: 0.25, test: 0.25 });
    expect(three.parts).toEqual([[text.slice(0, 50)], [text.slice(50, 75)], [text.slice(75)]]);
  });

  test("never within a character", async () => {
    const { parts } = await splitTexts(["🦔".repeat(5)], { validation: 0.3 });
    expect(parts.map((part) => part.join(""))).toEqual(["🦔".repeat(3), "🦔".repeat(2), ""]);
  });
});

test.each<[string, string[], SplitOptions, RegExp]>([
  ["nothing", [], {}, /it is empty: there is no document with text/],
  ["only blanks", ["", " \n"], {}, /it is empty/],
  ["one character", ["x"], {}, /too short to split/],
  ["two documents for three parts", ["a", "b"], { test: 0.1 }, /its 2 documents are too few/],
])("%s can't be split", async (_, texts, options, message) => {
  await expect(splitCorpus(corpusOf(texts), options)).rejects.toThrow(CorpusError);
  await expect(splitCorpus(corpusOf(texts), options)).rejects.toThrow(message);
});

test.each<[SplitOptions, RegExp]>([
  [{ validation: 1 }, /`validation` must be a share from 0 to below 1/],
  [{ test: -0.1 }, /`test` must be/],
  [{ validation: 0.6, test: 0.4 }, /`validation` must be below 0.6/],
  [{ seed: 0.5 }, /`seed` must be/],
])("%j is refused", async (options, message) => {
  await expect(splitCorpus(corpusOf(numbered), options)).rejects.toThrow(OptionError);
  await expect(splitCorpus(corpusOf(numbered), options)).rejects.toThrow(message);
});

test("distinctDocuments gives each text once", async () => {
  const names: string[] = [];
  for await (const { name } of distinctDocuments(corpusOf(["a", "", "a", "b"]).documents())) names.push(name);
  expect(names).toEqual(["text 0", "text 3"]);
});

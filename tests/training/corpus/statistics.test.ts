import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorpusError } from "../../../lib/core/errors.js";
import { seededRandom } from "../../../lib/core/random.js";
import { barChart } from "../../../lib/notebook/index.js";
import { charTokenizer } from "../../../lib/tokenizers/index.js";
import {
  corpusStatistics,
  corpusSummary,
  lengthChart,
  listCorpora,
  openCorpus,
  sampleDocuments,
} from "../../../lib/training/corpus/index.js";
import { lengthBuckets } from "../../../lib/training/corpus/lengths.js";
import { corpusOf } from "./memory.js";

describe("corpusStatistics", () => {
  const corpus = corpusOf(["aab", "", "🦔", "aab", "abcd"], ["x", "x", "y", "x", "x"]);

  test("counts what is new, in characters and tokens", async () => {
    const tokenizer = charTokenizer(["a", "b"]);
    expect(await corpusStatistics(corpus, { tokenizer })).toEqual({
      documents: 3,
      empty: 1,
      duplicates: 1,
      characters: 8,
      tokens: 8,
      lengths: {
        shortest: 1,
        median: 3,
        longest: 4,
        buckets: [1, 2, 3, 4].map((length) => ({
          from: length,
          to: length,
          documents: length === 2 ? 0 : 1,
        })),
      },
      characterSet: [
        { character: "a", count: 3 },
        { character: "b", count: 2 },
        { character: "c", count: 1 },
        { character: "d", count: 1 },
        { character: "🦔", count: 1 },
      ],
      labels: { x: 2, y: 1 },
      parts: {},
    });
    expect((await corpusStatistics(corpus)).tokens).toBeUndefined();
  });

  test("says in words what it found, and as bars", async () => {
    const statistics = await corpusStatistics(corpus, { tokenizer: charTokenizer(["a"]) });
    expect(corpusSummary(corpus, statistics)).toEqual([
      { measure: "documents", value: "3, and 1 empty and 1 repeated left out" },
      { measure: "characters", value: "8, 5 different" },
      { measure: "length", value: "1–4 characters, median 3" },
      { measure: "tokens", value: "8, 1.00 characters each" },
      { measure: "labels", value: "2 x, 1 y" },
      { measure: "licence", value: "not stated: it is for you to know" },
      { measure: "source", value: "memory" },
    ]);
    const chart = lengthChart(corpus, statistics);
    expect(chart.labels).toEqual(["1", "2", "3", "4"]);
    expect(chart.values).toEqual([1, 0, 1, 1]);
    expect(() => barChart(chart)).not.toThrow();
  });

  test("an empty corpus, and a reader who has had enough", async () => {
    await expect(corpusStatistics(corpusOf(["", " "]))).rejects.toThrow(CorpusError);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(corpusStatistics(corpus, { signal })).rejects.toThrow("enough");
  });
});

describe("lengthBuckets", () => {
  test("law: each length is in one bucket, and buckets lie side by side", () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1e6 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(lengths, (numbers) => {
        const sorted = Uint32Array.from(numbers).sort();
        const buckets = lengthBuckets(sorted);
        for (const [i, { from, to, documents }] of buckets.entries()) {
          expect(documents).toBe(numbers.filter((length) => length >= from && length <= to).length);
          if (i > 0) expect(from).toBe(buckets[i - 1]!.to + 1);
        }
        expect(buckets.reduce((sum, { documents }) => sum + documents, 0)).toBe(numbers.length);
        expect(buckets.length).toBeLessThanOrEqual(20);
        expect(buckets[0]!.documents).toBeGreaterThan(0);
        expect(buckets.at(-1)!.documents).toBeGreaterThan(0);
      }),
    );
  });

  test("has round bounds, growing ones for a long tail", () => {
    const bounds = (...lengths: number[]) => lengthBuckets(Uint32Array.from(lengths)).map(({ from }) => from);
    expect(bounds(37, 120, 199)).toEqual([20, 40, 60, 80, 100, 120, 140, 160, 180]);
    expect(bounds(70, 90, 1500)).toEqual([50, 100, 200, 500, 1000]);
    expect(bounds(5)).toEqual([5]);
  });
});

describe("sampleDocuments", () => {
  const texts = Array.from({ length: 10 }, (_, i) => `text ${i}`);

  test("draws different documents in the order of the corpus, the same for a seed", async () => {
    const draw = async (seed: number) => {
      const documents = await sampleDocuments(corpusOf(["", ...texts, ...texts]), 4, seededRandom(seed));
      return documents.map(({ text }) => text);
    };
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
    expect(await draw(1)).toEqual((await draw(1)).toSorted());
    expect(new Set(await draw(1)).size).toBe(4);
  });

  test("draws each about equally often, and all where there are fewer", async () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 600; seed++)
      for (const { text } of await sampleDocuments(corpusOf(texts), 3, seededRandom(seed)))
        counts.set(text, (counts.get(text) ?? 0) + 1);
    expect(counts.size).toBe(10);
    for (const count of counts.values()) expect(Math.abs(count - 180)).toBeLessThan(55);
    expect(await sampleDocuments(corpusOf(texts), 30, seededRandom(1))).toHaveLength(10);
  });
});

describe("the corpora that set-up brings", () => {
  test.each([
    ["movie-reviews", 10_603, { positive: 5241, negative: 5325, neutral: 37 }],
    ["moby-dick", 1, {}],
    ["names", 8422, { female: 4944, male: 3478 }],
  ])("%s", async (name, documents, labels) => {
    const statistics = await corpusStatistics(await openCorpus(name));
    expect(statistics).toMatchObject({ documents, empty: 0, labels });
    // No quotation marks of the file's own kind, nor line ends of another system.
    expect(statistics.characterSet.some(({ character }) => character === "\r")).toBe(false);
  });

  test("are listed with their size, and imdb beside them", async () => {
    const entries = await listCorpora();
    expect(entries.map(({ name }) => name)).toEqual(["movie-reviews", "moby-dick", "names", "imdb"]);
    for (const { name, size, licence } of entries) {
      expect(licence).not.toBe("");
      if (name !== "imdb") expect(size).toBeGreaterThan(50_000);
    }
  });
});

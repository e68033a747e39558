import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LanguageModel, OpenModel } from "../../../lib/core/types.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { openPretrained, type PretrainedOptions } from "../../../lib/models/pretrained/openPretrained.js";
import type { WorkerModel } from "../../../lib/models/pretrained/workerModel.js";
import { tinyGguf } from "../../support/gguf.js";
import { useHalfCache } from "../../support/halfCache.js";
import { relatedTexts } from "../../support/relatedTexts.js";
import { temporaryDirectory } from "../../support/temporary.js";

/** Rows computed in one run and rows put together from a cache differ by rounding only. */
const TOLERANCE = 2e-4;

/** Cached keys and values with 11 significant bits, against those of a run that rounds none. */
const HALF_TOLERANCE = 0.03;

const directories: Record<string, string> = {};

beforeAll(async () => {
  const root = await temporaryDirectory();
  const file = tinyGguf({
    layers: 3,
    heads: 4,
    kvHeads: 2,
    contextLength: 512,
    quantisation: "Q8_0",
    seed: 5,
  });
  for (const graph of ["tree", "standard"] as const) {
    directories[graph] = path.join(root, graph);
    await convertGguf(file, directories[graph], { graphs: [graph], precisions: ["exact"] });
  }
});

function open(graph: string, options: PretrainedOptions = {}): Promise<OpenModel> {
  return openPretrained(`tiny ${graph}`, directories[graph], "", { offline: true, ...options });
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** The last row of a text as `reference`, which has seen nothing before, computes it in one go. */
async function uncached(reference: LanguageModel, text: number[]): Promise<Float32Array> {
  return (await reference.allLogits(text)).at(-1)!;
}

describe.each<[graph: string, runtime: string, options: PretrainedOptions]>([
  ["tree", "the best runtime", {}],
  ["tree", "onnxruntime", { runtime: "onnx" }],
  ["standard", "onnxruntime", {}],
])("a pretrained model with a %s graph in %s", (graph, _, options) => {
  let opened: OpenModel;
  let small: OpenModel;
  let reference: OpenModel;

  beforeAll(async () => {
    opened = await open(graph, options);
    const { bytesPerToken } = (opened.model as WorkerModel).facts;
    // Room for 90 tokens: random trees overflow it all the time.
    small = await open(graph, { ...options, cacheMemory: 90 * bytesPerToken });
    reference = await open(graph, options);
  });

  afterAll(() => Promise.all([opened, small, reference].map(({ model }) => model.dispose())));

  test.each(["opened", "small"])(
    "cached rows are the uncached ones, on random trees (%s cache)",
    async (which) => {
      const { model } = which === "small" ? small : opened;
      await fc.assert(
        fc.asyncProperty(relatedTexts(6), async (texts) => {
          const rows = await model.nextLogits(texts);
          for (const [i, text] of texts.entries()) {
            expect(distance(rows[i], await uncached(reference.model, text))).toBeLessThan(TOLERANCE);
          }
        }),
        { numRuns: 25, seed: 11 },
      );
    },
  );

  test("a batch of lengths 46 to 300, prefilled apart, is exact", async () => {
    const texts = [46, 100, 300, 181].map((length, seed) =>
      Array.from({ length }, (_, i) => (i * 31 + seed * 97) % 320),
    );
    for (const text of texts) await opened.model.nextLogits([text]);
    const longer = texts.map((text) => [...text, 7]);
    const rows = await opened.model.nextLogits(longer);
    for (const [i, text] of longer.entries()) {
      expect(distance(rows[i], await uncached(reference.model, text))).toBeLessThan(TOLERANCE);
    }
  });

  test("allLogits gives a row for each position, whatever is cached", async () => {
    const text = Array.from({ length: 150 }, (_, i) => (i * 13) % 320);
    await opened.model.nextLogits([text.slice(0, 70)]);
    const rows = await opened.model.allLogits(text);
    expect(rows).toHaveLength(150);
    for (const at of [0, 69, 70, 127, 128, 149]) {
      const [row] = await opened.model.nextLogits([text.slice(0, at + 1)]);
      expect(distance(rows[at], row!)).toBeLessThan(TOLERANCE);
    }
  });

  test("concurrent calls get their own rows", async () => {
    const texts = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 5 + i }, (_, j) => (i * j) % 320),
    );
    const rows = await Promise.all(texts.map((text) => opened.model.nextLogits([text])));
    for (const [i, text] of texts.entries()) {
      expect(distance(rows[i][0], await uncached(reference.model, text))).toBeLessThan(TOLERANCE);
    }
  });

  test("the same text twice in a call gives two rows that the caller owns", async () => {
    const [first, second] = await opened.model.nextLogits([
      [5, 6],
      [5, 6],
    ]);
    expect(first).toEqual(second);
    first!.fill(0);
    expect(second!.some((value) => value !== 0)).toBe(true);
    const [again] = await opened.model.nextLogits([[5, 6]]);
    expect(again).toEqual(second);
  });

  test("an aborted call rejects with the reason, and the model goes on", async () => {
    const abort = new AbortController();
    const long = Array.from({ length: 500 }, (_, i) => (i * 7) % 320);
    const call = opened.model.nextLogits([long], abort.signal);
    abort.abort(new Error("changed my mind"));
    await expect(call).rejects.toThrow("changed my mind");
    const [row] = await opened.model.nextLogits([[1, 2, 3]]);
    expect(distance(row!, await uncached(reference.model, [1, 2, 3]))).toBeLessThan(TOLERANCE);
  });

  test.each([
    ["an empty prompt", [], /prompt is empty/],
    [
      "a token beyond the vocabulary",
      [1, 320],
      /token 320 at position 1 of the prompt is not in the vocabulary of 320/,
    ],
    ["a token that is no whole number", [1.5], /token 1\.5/],
    ["a prompt beyond the context", new Array(513).fill(1), /513 tokens, but the model reads at most 512/],
  ])("%s is an error that says so", async (_, tokens, message) => {
    await expect(opened.model.nextLogits([tokens])).rejects.toThrow(message);
    await expect(opened.model.nextLogits([tokens])).rejects.toHaveProperty("name", "PromptError");
  });

  test("a prompt that the cache can't hold names the option and the bytes it takes", async () => {
    await expect(small.model.nextLogits([new Array(91).fill(1)])).rejects.toThrow(
      /raise `cacheMemory` to \d+ bytes/,
    );
  });

  test("a model that was disposed of says so, and its pending calls are rejected", async () => {
    const { model } = await open(graph);
    const pending = expect(model.nextLogits([[1, 2]])).rejects.toThrow(/disposed of/);
    await model.dispose();
    await pending;
    await expect(model.nextLogits([[1]])).rejects.toThrow(/disposed of/);
    await model.dispose();
  });

  test("text goes to tokens and back, special tokens as they stand", () => {
    const text = "<|im_start|>the sea – 🐋\n";
    const tokens = opened.tokenizer.encode(text);
    expect(tokens[0]).toBe(1);
    expect(opened.tokenizer.decode(tokens)).toBe(text);
    const bytes = tokens.flatMap((token) => [...opened.tokenizer.tokenBytes(token)]);
    expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe(text);
    expect(opened.tokenizer.isSpecial(1)).toBe(true);
    expect(opened.tokenizer.endTokens).toEqual([2]);
  });
});

test("both graphs compute the same model", async () => {
  const text = Array.from({ length: 90 }, (_, i) => (i * 17) % 320);
  const [tree, standard] = await Promise.all(["tree", "standard"].map((graph) => open(graph)));
  const [a] = await tree!.model.nextLogits([text]);
  const [b] = await standard!.model.nextLogits([text]);
  expect(distance(a!, b!)).toBeLessThan(TOLERANCE);
  await Promise.all([tree!.model.dispose(), standard!.model.dispose()]);
});

test("a cache in half precision is carried bit by bit", async () => {
  const root = await temporaryDirectory();
  const directory = path.join(root, "half");
  await convertGguf(tinyGguf({ seed: 9 }), directory, { graphs: ["standard"], precisions: ["exact"] });
  await useHalfCache(path.join(directory, "onnx", "model.onnx"));
  const { model } = await openPretrained("half", directory, "", { offline: true });
  const { bytesPerToken } = (model as WorkerModel).facts;
  expect(bytesPerToken).toBe(2 * 2 * 2 * 16 * 2);
  const trunk = Array.from({ length: 40 }, (_, i) => (i * 11) % 320);
  const whole = await model.allLogits(trunk);
  for (const length of [1, 20, 21, 39, 40]) {
    const [row] = await model.nextLogits([trunk.slice(0, length)]);
    expect(distance(row, whole[length - 1])).toBeLessThan(HALF_TOLERANCE);
  }
  const branches = [
    [...trunk, 1],
    [...trunk, 2],
    [...trunk.slice(0, 30), 3],
  ];
  const rows = await model.nextLogits(branches);
  for (const [i, branch] of branches.entries()) {
    expect(distance(rows[i], await uncached(model, branch))).toBeLessThan(HALF_TOLERANCE);
  }
  await model.dispose();
});

test.each([
  ["tree", { dtype: "q8" }, /`dtype` must be left out/],
  ["tree", { device: "cuda" }, /`device` must be "cpu"/],
  ["standard", { precision: "fast" as const }, /`precision` must be left out/],
  ["tree", { cacheMemory: -1 }, /`cacheMemory` must be a number of bytes above 0/],
  ["tree", { threads: 0.5 }, /`threads` must be a whole number/],
])("%s: an option that can't be honoured is an error: %o", async (graph, options, message) => {
  await expect(open(graph, options)).rejects.toThrow(message);
});

test("a broken graph is named", async () => {
  const root = await temporaryDirectory();
  const broken = path.join(root, "broken");
  await convertGguf(tinyGguf(), broken, { graphs: ["tree"], precisions: ["exact"] });
  await writeFile(path.join(broken, "onnx", "tree_exact.onnx"), "not a graph");
  await expect(openPretrained("broken", broken, "", { offline: true, runtime: "onnx" })).rejects.toThrow(
    /could not open .*tree_exact\.onnx/,
  );
  await rm(path.join(broken, "tokenizer.json"));
  await expect(openPretrained("broken", broken, "", { offline: true })).rejects.toThrow(/tokenizer\.json/);
});

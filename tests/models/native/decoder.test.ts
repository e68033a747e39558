import { readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasLayerLogits } from "../../../lib/core/layerLogits.js";
import type { LanguageModel, OpenModel } from "../../../lib/core/types.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { loadModule } from "../../../lib/models/native/module.js";
import { openPretrained, type PretrainedOptions } from "../../../lib/models/pretrained/openPretrained.js";
import type { WorkerModel } from "../../../lib/models/pretrained/workerModel.js";
import { type TinyGgufOptions, tinyGguf } from "../../support/gguf.js";
import { QUANTISATIONS } from "../../support/quantise.js";
import { relatedTexts } from "../../support/relatedTexts.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { ReferenceModel } from "../gguf/reference.js";
import { SHAPES } from "../gguf/shapes.js";
import { distance } from "../gguf/treeSession.js";

/** Set-up builds the module where there is a compiler; without one there is nothing to test. */
const module = loadModule();
const isBuilt = typeof module !== "string";
const hasFast = isBuilt && module.hasFast;
/** Those that this processor computes in. */
const PRECISIONS = hasFast ? (["exact", "fast"] as const) : (["exact"] as const);

const TEXT = Array.from({ length: 150 }, (_, i) => (i * 37) % 300);

/** Heads whose numbers fill no vector are for onnxruntime. */
const FITTING = SHAPES.filter(([, { headDim = 16 }]) => headDim % 16 === 0);

const OWN_SHAPES: [string, TinyGgufOptions][] = [
  ["more heads to a key head than are read at once", { heads: 6, kvHeads: 1, seed: 4 }],
  ["heads longer than are read at once", { heads: 2, kvHeads: 1, headDim: 96, seed: 5 }],
  ["a vocabulary that fills no panel", { vocab: 325, quantisation: "Q4_1", seed: 6 }],
];

const opened: OpenModel[] = [];
afterAll(() => Promise.all(opened.map(({ model }) => model.dispose())));

async function convert(options: TinyGgufOptions): Promise<{ directory: string; file: Uint8Array }> {
  const file = tinyGguf(options);
  const directory = path.join(await temporaryDirectory(), "model");
  await convertGguf(file, directory, { graphs: ["tree"] });
  return { directory, file };
}

async function open(directory: string, options: PretrainedOptions = {}): Promise<LanguageModel> {
  const model = await openPretrained("tiny", directory, "", { offline: true, ...options });
  opened.push(model);
  return model.model;
}

/** Root of the mean squared difference. */
function deviation(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}

describe.skipIf(!isBuilt)("the native decoder", () => {
  test.each([...FITTING, ...OWN_SHAPES])("agrees with a plain computation: %s", async (_, options) => {
    const { directory, file } = await convert(options);
    const expected = (await ReferenceModel.load(file)).forward(TEXT).logits;
    for (const threads of [1, 2, 3]) {
      const model = await open(directory, { runtime: "native", threads });
      const rows = await model.allLogits(TEXT);
      for (const [at, row] of rows.entries()) expect(distance(row, expected[at])).toBeLessThan(2e-4);
    }
  });

  test("is as near a plain computation as onnxruntime where a token sees more than two long stretches", async () => {
    const text = Array.from({ length: 1_060 }, (_, i) => (i * 37 + (i >> 5)) % 300);
    const { directory, file } = await convert({ contextLength: 1_100, layers: 1, seed: 10 });
    const expected = (await ReferenceModel.load(file)).forward(text).logits;
    const far = async (runtime: "native" | "onnx") => {
      const rows = await (await open(directory, { runtime })).allLogits(text);
      return Math.max(...rows.slice(1_000).map((row, i) => distance(row, expected[1_000 + i])));
    };
    // Far from the beginning it is the rotations in single precision that count, which both runtimes share.
    expect(await far("native")).toBeLessThan(1.1 * (await far("onnx")));
  });

  test.each(PRECISIONS)(
    "a row is the same, bit for bit, read on its own after a cached text or with it, at all lengths of stretches: %s",
    async (precision) => {
      const text = Array.from({ length: 1_060 }, (_, i) => (i * 41 + (i >> 4)) % 300);
      const { directory } = await convert({ contextLength: 1_100, seed: 11 });
      const rows = await (await open(directory, { precision, runtime: "native" })).allLogits(text);
      const alone = await open(directory, { precision, runtime: "native", threads: 1 });
      for (const length of [63, 64, 65, 66, 67, 130, 1_022, 1_023, 1_024, 1_025, 1_026, 1_060]) {
        const [row] = await alone.nextLogits([text.slice(0, length)]);
        expect(row).toEqual(rows[length - 1]);
      }
    },
  );

  test.each(QUANTISATIONS)("rounds rows to 8 bits in `fast`: %s", async (quantisation) => {
    const { directory, file } = await convert({ quantisation, layers: 1 });
    const expected = (await ReferenceModel.load(file)).forward(TEXT).logits.flat();
    const flat = async (options: PretrainedOptions) =>
      (await (await open(directory, options)).allLogits(TEXT)).flatMap((row) => [...row]);
    const spread = deviation(expected, new Array(expected.length).fill(0));
    const native = deviation(await flat({ precision: "fast" }), expected) / spread;
    const onnx = deviation(await flat({ precision: "fast", runtime: "onnx" }), expected) / spread;
    // Its cache of float16 adds to that, all there is where weights are not quantised.
    expect(native).toBeLessThan(1.2 * onnx + 1e-3);
    expect(native).toBeLessThan(0.05);
  });

  test.each(PRECISIONS)(
    "a row is the same, bit for bit, whatever is computed beside it or cached before it: %s",
    async (precision) => {
      const { directory } = await convert({ layers: 3, quantisation: "Q4_1", seed: 8 });
      const together = await open(directory, { precision, runtime: "native" });
      const alone = await open(directory, { precision, runtime: "native", threads: 1 });
      await fc.assert(
        fc.asyncProperty(relatedTexts(20), async (texts) => {
          const rows = await together.nextLogits(texts);
          for (const [i, text] of texts.entries()) {
            expect(rows[i]).toEqual((await alone.allLogits(text)).at(-1));
          }
        }),
        { numRuns: 25, seed: 12 },
      );
    },
  );

  test.skipIf(!hasFast)("keeps a cache of 16 bits in `fast`, half of that of `exact`", async () => {
    const { directory } = await convert({});
    const facts = async (options: PretrainedOptions) =>
      ((await open(directory, { ...options, cacheMemory: 2 ** 20 })) as WorkerModel).facts;
    const fast = await facts({ precision: "fast", runtime: "native" });
    expect(fast.bytesPerToken).toBe(2 * 2 * 2 * 16 * 2);
    for (const options of [{ precision: "exact" }, { precision: "fast", runtime: "onnx" }] as const) {
      const full = await facts(options);
      expect(full.bytesPerToken).toBe(2 * fast.bytesPerToken);
      expect(full.cacheTokens).toBe(fast.cacheTokens / 2);
    }
  });

  test.skipIf(!hasFast)("keeps the largest number of 16 bits for those beyond it", async () => {
    const factors = {
      "blk.0.attn_v.weight": 1e5,
      "blk.0.attn_output.weight": 1e-5,
      "blk.0.attn_k.weight": 1e6,
    };
    const { directory } = await convert({ factors });
    const model = await open(directory, { precision: "fast", runtime: "native" });
    for (const row of await model.allLogits(TEXT)) expect(row.every(Number.isFinite)).toBe(true);
  });

  test.skipIf(!hasFast)(
    "tells the scores of earlier layers in `fast` from the same cache, bit for bit",
    async () => {
      const { directory } = await convert({ layers: 3, quantisation: "Q8_0", seed: 9 });
      const options = { precision: "fast", runtime: "native" } as const;
      const [told, other] = [await open(directory, options), await open(directory, options)];
      if (!hasLayerLogits(told) || !hasLayerLogits(other)) throw new Error("no scores of earlier layers");
      const [row] = await told.nextLogits([TEXT]);
      const [after] = await told.nextLayerLogits([TEXT], [2, 0]);
      const [anew] = await other.nextLayerLogits([TEXT], [2, 0]);
      expect(after).toEqual(anew);
      expect(after.logits).toEqual(row);
      const [onnx] = [await open(directory, { precision: "fast", runtime: "onnx" })];
      if (!hasLayerLogits(onnx)) throw new Error("no scores of earlier layers");
      const [expected] = await onnx.nextLayerLogits([TEXT], [2, 0]);
      for (const at of [0, 1]) {
        const spread = deviation([...expected.early[at]], new Array(expected.early[at].length).fill(0));
        expect(deviation([...after.early[at]], [...expected.early[at]])).toBeLessThan(0.05 * spread);
      }
    },
  );

  test("tells hidden states and the scores of earlier layers too", async () => {
    const { directory, file } = await convert({ layers: 3, quantisation: "Q8_0", seed: 9 });
    const native = (await open(directory, { runtime: "native" })) as LanguageModel & {
      nextStates(prefixes: number[][]): Promise<{ hidden: Float32Array }[]>;
      nextLayerLogits(prefixes: number[][], layers: number[]): Promise<{ early: Float32Array[] }[]>;
    };
    const expected = (await ReferenceModel.load(file)).forward(TEXT);
    const [{ hidden }] = await native.nextStates([TEXT]);
    expect(distance(hidden, expected.hidden.at(-1)!)).toBeLessThan(1e-4);
    const [{ early }] = await native.nextLayerLogits([TEXT], [1]);
    expect(distance(early[0], expected.early[1].at(-1)!)).toBeLessThan(1e-4);
  });

  test("a file of weights that ends too early is named", async () => {
    const { directory } = await convert({});
    await truncate(path.join(directory, "onnx", "weights.bin"), 5000);
    await expect(open(directory, { runtime: "native" })).rejects.toThrow(/weights\.bin.* ends before byte/);
  });
});

describe("where the native decoder can't be had", () => {
  let directory: string;
  beforeAll(async () => {
    // Rows of 8 numbers to a head fill no vector.
    ({ directory } = await convert({ heads: 8, kvHeads: 1, headDim: 8, seed: 4 }));
  });

  test("onnxruntime computes", async () => {
    expect(await (await open(directory)).nextLogits([[1, 2, 3]])).toHaveLength(1);
  });

  test("asking for it is an error that says why", async () => {
    await expect(open(directory, { runtime: "native" })).rejects.toThrow(
      /the runtime `native` can't be had: its headSize, 8, is no multiple of 16/,
    );
    await expect(open(directory, { runtime: "gpu" as "native" })).rejects.toThrow(
      '`runtime` must be "native" or "onnx"',
    );
  });

  test("a model that an earlier version converted is to be converted again", async () => {
    const { directory: old } = await convert({});
    const index = path.join(old, "onnx", "weights.json");
    expect(JSON.parse(await readFile(index, "utf8")).location).toBe("weights.bin");
    await writeFile(index, "not an index");
    await expect(open(old)).rejects.toThrow(/could not read .*weights\.json/);
  });
});

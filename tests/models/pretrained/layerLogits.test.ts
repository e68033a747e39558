import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OptionError } from "../../../lib/core/errors.js";
import { hasLayerLogits } from "../../../lib/core/layerLogits.js";
import type { LanguageModel, LayerLogits, OpenModel } from "../../../lib/core/types.js";
import { batchedModel } from "../../../lib/models/batched/index.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { loadModule } from "../../../lib/models/native/module.js";
import { openPretrained } from "../../../lib/models/pretrained/openPretrained.js";
import { tinyGguf } from "../../support/gguf.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { ReferenceModel } from "../gguf/reference.js";

type Teller = LanguageModel & LayerLogits;

const TEXT = Array.from({ length: 150 }, (_, i) => (i * 37) % 300);
const SHAPES = {
  tied: { layers: 3, contextLength: 256, quantisation: "Q8_0", seed: 9 },
  untied: { layers: 4, contextLength: 256, quantisation: "Q4_1", tied: false, seed: 10 },
} as const;

let root: string;
const opened: OpenModel[] = [];

async function open(directory: string, runtime: "native" | "onnx" = "onnx"): Promise<LanguageModel> {
  const found = await openPretrained("tiny", path.join(root, directory), "", { offline: true, runtime });
  opened.push(found);
  return found.model;
}

function told(model: LanguageModel): Teller {
  if (!hasLayerLogits(model)) throw new Error("the graph has no scores of earlier layers");
  return model;
}

beforeAll(async () => {
  root = await temporaryDirectory();
  for (const [name, shape] of Object.entries(SHAPES)) {
    const options = { graphs: ["tree"], precisions: ["exact"] } as const;
    await convertGguf(tinyGguf(shape), path.join(root, name), options);
  }
});
afterAll(() => Promise.all(opened.map(({ model }) => model.dispose())));

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** The native decoder only where set-up has built it. */
const RUNTIMES = typeof loadModule() === "string" ? (["onnx"] as const) : (["onnx", "native"] as const);
const CASES = Object.entries(SHAPES).flatMap(([name, shape]) =>
  RUNTIMES.map((runtime) => [name, runtime, shape] as const),
);

describe.each(CASES)("a converted model tells what its layers say: %s, %s", (name, runtime, shape) => {
  let model: Teller;
  beforeAll(async () => {
    model = told(await open(name, runtime));
  });

  test("how many there are, and whether the embedding is the output layer", () => {
    expect(model.numLayers).toBe(shape.layers);
    expect(model.tiedEmbeddings).toBe(name === "tied");
  });

  test("as a plain computation does, for several prefixes and layers in any order", async () => {
    const reference = await ReferenceModel.load(tinyGguf(shape));
    const { logits, early } = reference.forward(TEXT.slice(0, 12));
    const layers = [2, 0, 1];
    const prefixes = [12, 5, 1].map((length) => TEXT.slice(0, length));
    const found = await model.nextLayerLogits(prefixes, layers);
    for (const [index, prefix] of prefixes.entries()) {
      const last = prefix.length - 1;
      expect(distance(found[index].logits, logits[last])).toBeLessThan(1e-4);
      expect(found[index].early).toHaveLength(layers.length);
      for (const [at, layer] of layers.entries()) {
        expect(distance(found[index].early[at], early[layer][last])).toBeLessThan(1e-4);
      }
    }
  });

  test("from one cache with the plain form, after a text of several runs, and beside calls that ask for less", async () => {
    const prefix = TEXT.slice(0, 140);
    const [[row], [cached], states] = await Promise.all([
      model.nextLogits([prefix]),
      model.nextLayerLogits([prefix], [1]),
      model.nextLayerLogits([prefix, TEXT.slice(0, 20)], [0, 2]),
    ]);
    expect(distance(row, cached.logits)).toBeLessThan(2e-4);
    const [other] = await model.nextLayerLogits([TEXT.slice(0, 20)], [0, 2]);
    expect(distance(other.early[1], states[1].early[1])).toBeLessThan(2e-4);
    expect(distance(other.early[1], states[0].early[1])).toBeGreaterThan(0.01);
    expect(await model.nextLayerLogits([], [0])).toEqual([]);
  });

  test("a layer that it doesn't have is refused", async () => {
    for (const layer of [-1, 0.5, shape.layers]) {
      await expect(model.nextLayerLogits([[1]], [0, layer])).rejects.toThrow(OptionError);
    }
  });

  test("behind a batch too", async () => {
    const batched = told(batchedModel(model));
    const prefixes = [TEXT.slice(0, 7)];
    expect(batched.numLayers).toBe(shape.layers);
    expect(batched.tiedEmbeddings).toBe(model.tiedEmbeddings);
    const [[through], [straight]] = [
      await batched.nextLayerLogits(prefixes, [1]),
      await model.nextLayerLogits(prefixes, [1]),
    ];
    expect(distance(through.early[0], straight.early[0])).toBeLessThan(2e-4);
  });
});

describe("the form of the graph that tells them", () => {
  test("is opened only when it is asked for", async () => {
    await convertGguf(tinyGguf(), path.join(root, "broken"), { graphs: ["tree"], precisions: ["exact"] });
    const file = path.join(root, "broken", "onnx", "layers_exact.onnx");
    const whole = await readFile(file);
    await writeFile(file, "not a graph");
    const model = told(await open("broken"));
    expect(await model.nextLogits([[1, 2]])).toHaveLength(1);
    await expect(model.nextLayerLogits([[1, 2]], [0])).rejects.toThrow(/could not open .*layers_exact\.onnx/);
    expect(await model.nextLogits([[1, 2, 3]])).toHaveLength(1);
    await model.dispose();
    await writeFile(file, whole);
    expect(await told(await open("broken")).nextLayerLogits([[1, 2]], [0])).toHaveLength(1);
  });

  test("is missing, like the index, in what an earlier version converted", async () => {
    await convertGguf(tinyGguf(), path.join(root, "old"), { graphs: ["tree"], precisions: ["exact"] });
    await rm(path.join(root, "old", "onnx", "weights.json"));
    await expect(open("old")).rejects.toThrow(/converted by an earlier version .*; convert it again/);
  });
});

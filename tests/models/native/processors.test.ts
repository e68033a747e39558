import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { WEIGHTS_INDEX, type WeightsIndex } from "../../../lib/models/gguf/weightsIndex.js";
import { compileDecoder } from "../../../lib/models/native/compile.js";
import { loadModule, type NativeModule } from "../../../lib/models/native/module.js";
import { openDecoder } from "../../../lib/models/native/openDecoder.js";
import { TreeRunner } from "../../../lib/models/prefixes/treeRunner.js";
import { tinyGguf } from "../../support/gguf.js";
import { expectEqualBits } from "../../support/rowKernels.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { ReferenceModel } from "../gguf/reference.js";
import { distance } from "../gguf/treeSession.js";

/** Set-up builds the module where there is a compiler; without one there is nothing to test. */
const isBuilt = typeof loadModule() !== "string";

const TEXT = Array.from({ length: 80 }, (_, i) => (i * 37) % 300);

/** Processors that this one, being newer, can stand for: without vectors of eight, and with them. */
describe.skipIf(!isBuilt || process.arch !== "x64")("the native decoder for other processors", () => {
  test.each([
    ["x86-64", false],
    ["x86-64-v3", true],
  ])("%s computes as the reference does", { timeout: 120_000 }, async (processor, hasFast) => {
    const place = path.join(await temporaryDirectory(), "decoder.node");
    const module = loadModule(await compileDecoder({ processor, place })) as NativeModule;
    expect(module.hasFast).toBe(hasFast);
    expectEqualBits(module);
    for (const quantisation of ["Q4_1", "Q8_0", "F32"] as const) {
      const file = tinyGguf({ layers: 2, quantisation, seed: 3 });
      const directory = path.join(await temporaryDirectory(), "model");
      await convertGguf(file, directory, { graphs: ["tree"] });
      const stored = await readFile(path.join(directory, "onnx", WEIGHTS_INDEX), "utf8");
      const index = JSON.parse(stored) as WeightsIndex;
      const rows = async (precision: "exact" | "fast") => {
        const graph = openDecoder(path.join(directory, "onnx"), index, precision, 2, module);
        if (typeof graph === "string") throw new Error(graph);
        const [rows] = await new TreeRunner(graph, 256).rows([{ tokens: TEXT, firstRow: 0 }], async () => {});
        return rows;
      };
      const expected = (await ReferenceModel.load(file)).forward(TEXT).logits;
      for (const [at, row] of (await rows("exact")).entries())
        expect(distance(row, expected[at])).toBeLessThan(2e-4);
      if (!hasFast) continue;
      // What rounding leaves is tested where the module is that of this processor.
      const spread = distance(
        expected[0],
        expected[0].map(() => 0),
      );
      for (const [at, row] of (await rows("fast")).entries())
        expect(distance(row, expected[at])).toBeLessThan(0.2 * spread);
    }
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { convertGguf, dequantize, readableTensor, readGguf } from "../../../lib/models/gguf/index.js";
import { packNumbers, packOffsets, packScales } from "../../../lib/models/gguf/pack.js";
import { type TinyGgufOptions, tinyGguf } from "../../support/gguf.js";
import { QUANTISATIONS, quantise } from "../../support/quantise.js";
import { RebuiltWeights } from "./rebuild.js";
import { distance, range } from "./treeSession.js";

const scratch = mkdtempSync(join(tmpdir(), "logitbook-weights-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const MIXED: TinyGgufOptions = {
  quantisation: "Q4_1",
  types: { "token_embd.weight": "Q8_0", "blk.0.attn_v.weight": "F16", "blk.1.ffn_up.weight": "Q4_0" },
};

const MODELS: [string, TinyGgufOptions][] = [
  ...QUANTISATIONS.map((quantisation): [string, TinyGgufOptions] => [quantisation, { quantisation }]),
  ...QUANTISATIONS.map((quantisation): [string, TinyGgufOptions] => [
    `${quantisation}, own head`,
    { quantisation, tied: false },
  ]),
  ["mixed types", MIXED],
  ["an odd number of blocks", { width: 96, heads: 3, kvHeads: 1, headDim: 32, quantisation: "Q8_0" }],
];

test.each(MODELS)("all graphs hold exactly the file's numbers: %s", async (name, options) => {
  const bytes = tinyGguf(options);
  const directory = join(scratch, name);
  await convertGguf(bytes, directory);
  const file = await readGguf(bytes);
  const layout = { heads: 4, kvHeads: 2, headDim: 16, ...options };
  const trees = ["tree_exact.onnx", "tree_fast.onnx", "layers_exact.onnx", "layers_fast.onnx"];
  for (const graph of [...trees, "model.onnx", "model_q4.onnx"]) {
    const rebuilt = new RebuiltWeights(directory, graph, { ...layout, headSize: layout.headDim });
    for (const tensor of file.tensors.keys()) {
      const { type } = readableTensor(file, tensor);
      const expected = dequantize(type, await file.read(readableTensor(file, tensor)));
      for (const copy of rebuilt.copies(tensor)) {
        expect(distance(copy, expected), `${graph}: ${tensor}`).toBe(0);
      }
    }
  }
});

test("packing loses nothing, whatever the numbers", () => {
  const block = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(fc.constantFrom("Q4_0", "Q4_1", "Q8_0"), block, (type, numbers) => {
      const bytes = quantise(type, Float32Array.from(numbers));
      const packed = packNumbers(type, bytes);
      const [scale] = packScales(type, bytes);
      const [offset] = type === "Q4_1" ? packOffsets(bytes) : [0];
      const level = (i: number) =>
        type === "Q8_0" ? packed[i] - 128 : ((packed[i >> 1] >> (4 * (i & 1))) & 15) - 8;
      const expected = dequantize(type, bytes);
      // Beyond float32's digits the offset is rounded once: one unit in the last place of the larger addend.
      const slack = expected.map((x) => Math.max(Math.abs(offset), Math.abs(x)) * 2 ** -23);
      return range(32).every((i) => Math.abs(scale * level(i) + offset - expected[i]) <= slack[i]);
    }),
  );
});

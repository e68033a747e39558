import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drain } from "../../../lib/core/drain.js";
import { hasHiddenStates } from "../../../lib/core/hiddenStates.js";
import { giveBack, rowReuseOf } from "../../../lib/core/rowReuse.js";
import type { LanguageModel, OpenModel, Tokens } from "../../../lib/core/types.js";
import { decodeRecipe } from "../../../lib/decoding/index.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { WEIGHTS_INDEX, type WeightsIndex } from "../../../lib/models/gguf/weightsIndex.js";
import { loadModule } from "../../../lib/models/native/module.js";
import { openDecoder } from "../../../lib/models/native/openDecoder.js";
import { TreeRunner } from "../../../lib/models/prefixes/treeRunner.js";
import { openPretrained } from "../../../lib/models/pretrained/openPretrained.js";
import { tinyGguf } from "../../support/gguf.js";
import { temporaryDirectory } from "../../support/temporary.js";

const text = Array.from({ length: 40 }, (_, i) => (i * 37) % 300);
const prefixes = [text.slice(0, 5), text.slice(0, 9), text];

const opened: OpenModel[] = [];
afterAll(() => Promise.all(opened.map(({ model }) => model.dispose())));

describe.skipIf(typeof loadModule() === "string")(
  "the native decoder writes rows to memory that is given back",
  () => {
    let model: LanguageModel;
    /** The same, whose rows are left alone. */
    let other: LanguageModel;
    let onnx: LanguageModel;
    let directory: string;

    beforeAll(async () => {
      directory = path.join(await temporaryDirectory(), "tiny");
      const file = tinyGguf({ layers: 2, contextLength: 256, quantisation: "Q8_0", seed: 9 });
      await convertGguf(file, directory, { graphs: ["tree"], precisions: ["exact"] });
      for (const runtime of ["native", "native", "onnx"] as const)
        opened.push(await openPretrained("tiny", directory, "", { offline: true, runtime }));
      [model, other, onnx] = opened.map((open) => open.model);
    });

    test("where it fits", async () => {
      const onnxDirectory = path.join(directory, "onnx");
      const index = JSON.parse(
        await readFile(path.join(onnxDirectory, WEIGHTS_INDEX), "utf8"),
      ) as WeightsIndex;
      const graph = openDecoder(onnxDirectory, index, "exact", 1);
      if (typeof graph === "string") throw new Error(graph);
      const runner = new TreeRunner(graph, 256);
      const rowAfter = async (tokens: Tokens) => {
        const [[row]] = await runner.rows([{ tokens, firstRow: tokens.length - 1 }], async () => {});
        return row;
      };
      const { buffer } = await rowAfter(text);
      runner.reuse([buffer as ArrayBuffer, new ArrayBuffer(12)]);
      expect((await rowAfter(text)).buffer).toBe(buffer);
      expect((await rowAfter(text)).buffer).not.toBe(buffer);
    });

    test("which its caller has no more, and whose numbers are all new", async () => {
      const first = await model.nextLogits(prefixes);
      const kept = await model.nextLogits(prefixes);
      const copies = kept.map((row) => row.slice());
      giveBack(model, [...first, ...first]);
      const later = await model.nextLogits([text.slice(0, 20), text.slice(0, 6)]);
      expect(first.map((row) => row.length)).toEqual([0, 0, 0]);
      expect(later).toEqual(await other.nextLogits([text.slice(0, 20), text.slice(0, 6)]));
      expect(kept).toEqual(copies);
      // Given back again, they are nothing any more.
      giveBack(model, first);
      expect(await model.nextLogits(prefixes)).toEqual(copies);
    });

    test("but leaves parts of something larger alone", async () => {
      if (!hasHiddenStates(model)) throw new Error("the decoder has no hidden states");
      const [state] = await model.nextStates([text]);
      const hidden = state!.hidden.slice();
      giveBack(model, [state!.logits]);
      await model.nextLogits(prefixes);
      expect(state!.hidden).toEqual(hidden);
      expect(state!.logits).toHaveLength(model.vocabSize);
    });

    test("and decodes as one that starts every row anew", async () => {
      const { vocabSize, contextLength } = other;
      const plain: LanguageModel = {
        ...{ vocabSize, contextLength },
        nextLogits: (texts) => other.nextLogits(texts),
        allLogits: (tokens) => other.allLogits(tokens),
        dispose: async () => {},
      };
      const run = (chosen: LanguageModel, prompt: Tokens) => {
        const recipe = { method: "sample", numReturnSequences: 5, maxNewTokens: 20, seed: 4 } as const;
        return drain(decodeRecipe(chosen, { endTokens: [] }, prompt, recipe));
      };
      const both = [run(model, text.slice(0, 7)), run(model, text.slice(0, 9))];
      expect(await Promise.all(both)).toEqual([
        await run(plain, text.slice(0, 7)),
        await run(plain, text.slice(0, 9)),
      ]);
    });

    test("and onnxruntime, which has memory of its own, takes none", () => {
      expect(rowReuseOf(onnx)).toEqual({});
      expect(rowReuseOf(model)).toHaveProperty("reuseRows");
    });
  },
);

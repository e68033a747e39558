import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AutoModelForCausalLM, AutoTokenizer, type Tensor } from "@huggingface/transformers";
import { afterAll, describe, expect, test } from "vitest";
import { ModelError } from "../../../lib/core/errors.js";
import { type ConvertOptions, convertGguf } from "../../../lib/models/gguf/index.js";
import { type TinyGgufOptions, tinyGguf } from "../../support/gguf.js";
import { QUANTISATIONS, quantise, TYPE_NUMBER } from "../../support/quantise.js";
import { ReferenceModel } from "./reference.js";

const scratch = mkdtempSync(join(tmpdir(), "logitbook-convert-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let made = 0;
async function converted(options: TinyGgufOptions = {}, how: ConvertOptions = {}): Promise<string> {
  const directory = join(scratch, `model-${made++}`);
  await convertGguf(tinyGguf(options), directory, how);
  return directory;
}

const json = (directory: string, name: string) => JSON.parse(readFileSync(join(directory, name), "utf8"));

describe("what is written", () => {
  test("both graphs in both precisions, with their weights", async () => {
    const directory = await converted();
    expect(readdirSync(directory).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "onnx",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(readdirSync(join(directory, "onnx")).sort()).toEqual([
      "layers_exact.onnx",
      "layers_fast.onnx",
      "model.onnx",
      "model.onnx_data",
      "model_q4.onnx",
      "model_q4.onnx_data",
      "tree_exact.onnx",
      "tree_fast.onnx",
      "weights.bin",
      "weights.json",
    ]);
  });

  test("only what is asked for; both precisions of both forms of the tree graph share every byte", async () => {
    const one = await converted({}, { graphs: ["tree"], precisions: ["exact"] });
    const all = await converted();
    const files = ["layers_exact.onnx", "tree_exact.onnx", "weights.bin", "weights.json"];
    expect(readdirSync(join(one, "onnx")).sort()).toEqual(files);
    const size = (directory: string) => statSync(join(directory, "onnx", "weights.bin")).size;
    expect(size(all)).toBe(size(one));
  });

  test("config.json describes the model", async () => {
    const directory = await converted({
      layers: 3,
      heads: 6,
      kvHeads: 2,
      headDim: 16,
      vocab: 300,
      tied: false,
    });
    expect(json(directory, "config.json")).toMatchObject({
      model_type: "llama",
      vocab_size: 300,
      hidden_size: 96,
      intermediate_size: 192,
      num_hidden_layers: 3,
      num_attention_heads: 6,
      num_key_value_heads: 2,
      head_dim: 16,
      max_position_embeddings: 256,
      rope_theta: 10_000,
      tie_word_embeddings: false,
      bos_token_id: 1,
      eos_token_id: 2,
    });
    expect(json(await converted(), "config.json").tie_word_embeddings).toBe(true);
  });

  test("the end of a chat turn ends a text too", async () => {
    const directory = await converted({ metadata: { "tokenizer.ggml.eot_token_id": 0 } });
    expect(json(directory, "generation_config.json").eos_token_id).toEqual([2, 0]);
  });

  test("progress rises to the size of the weights", async () => {
    const heard: [number, number][] = [];
    const directory = await converted({}, { onProgress: (done, total) => heard.push([done, total]) });
    const files = ["weights.bin", "model.onnx_data", "model_q4.onnx_data"];
    const size = files.reduce((sum, file) => sum + statSync(join(directory, "onnx", file)).size, 0);
    expect(heard.at(-1)).toEqual([size, size]);
    expect(heard.map(([done]) => done)).toEqual(heard.map(([done]) => done).sort((a, b) => a - b));
  });
});

describe("stock transformers.js generates what a plain computation says", () => {
  test.each(QUANTISATIONS)("%s", async (quantisation) => {
    const options: TinyGgufOptions = {
      quantisation,
      seed: 11,
      metadata: { "tokenizer.ggml.eos_token_id": undefined },
    };
    const directory = await converted(options, { graphs: ["standard"], precisions: ["exact"] });
    const tokenizer = await AutoTokenizer.from_pretrained(directory);
    const model = await AutoModelForCausalLM.from_pretrained(directory, { dtype: "fp32", device: "cpu" });
    const inputs = tokenizer(["the end of it", "a rather longer line"], {
      add_special_tokens: false,
      padding: true,
    });
    const output = (await model.generate({ ...inputs, max_new_tokens: 8, do_sample: false })) as Tensor;
    await model.dispose();
    const reference = await ReferenceModel.load(tinyGguf(options));
    const prompts = ["the end of it", "a rather longer line"].map((text) =>
      tokenizer.encode(text, { add_special_tokens: false }),
    );
    expect(prompts[0].length).not.toBe(prompts[1].length); // so one of them is padded
    for (const [i, prompt] of prompts.entries()) {
      const expected = [...prompt];
      for (let step = 0; step < 8; step++) {
        const row = reference.forward(expected).logits.at(-1) ?? [];
        expected.push(row.indexOf(Math.max(...row)));
      }
      expect(output.tolist()[i].map(Number).slice(-expected.length)).toEqual(expected);
    }
  });
});

describe("models that can't be converted are refused by name", () => {
  const bias = {
    name: "blk.0.attn_q.bias",
    dimensions: [64],
    type: TYPE_NUMBER.F32,
    bytes: quantise("F32", new Float32Array(64)),
  };
  test.each<[string, TinyGgufOptions, RegExp]>([
    ["qwen2", { metadata: { "general.architecture": "qwen2" } }, /architecture `qwen2`; only `llama`/],
    ["no architecture", { metadata: { "general.architecture": undefined } }, /names no architecture/],
    ["yarn", { metadata: { "llama.rope.scaling.type": "yarn" } }, /rope scaling `yarn` isn't supported/],
    ["experts", { metadata: { "llama.expert_count": 8 } }, /`llama.expert_count` is 8, but must be 0/],
    [
      "no layers",
      { metadata: { "llama.block_count": undefined } },
      /`llama.block_count` must be one number, but is mi/,
    ],
    ["half a layer", { metadata: { "llama.block_count": 1.5 } }, /must be a positive integer, but is 1.5/],
    [
      "a layer too many",
      { metadata: { "llama.block_count": 3 } },
      /tensor `blk.2.attn_norm.weight` is missing/,
    ],
    [
      "heads per layer",
      { metadata: { "llama.attention.head_count_kv": [2, 1] } },
      /must be one number, but is \[2,1\]/,
    ],
    ["uneven groups", { heads: 4, kvHeads: 3 }, /head_count_kv` is 3, but must be a divisor of the 4 heads/],
    [
      "partial rotation",
      { metadata: { "llama.rope.dimension_count": 8 } },
      /dimension_count` is 8, but must be the he/,
    ],
    [
      "another width",
      { metadata: { "llama.feed_forward_length": 100 } },
      /ffn_gate.weight` is 128 x 64, .* 100 x 64/,
    ],
    ["a bias", { extraTensors: [bias] }, /tensor `blk.0.attn_q.bias` belongs to a variant of llama/],
    [
      "no tokens",
      { metadata: { "tokenizer.ggml.tokens": undefined } },
      /`tokenizer.ggml.tokens` must be a list/,
    ],
    ["unigrams", { metadata: { "tokenizer.ggml.model": "t5" } }, /tokenizer kind `t5` isn't supported/],
    [
      "unknown splits",
      { metadata: { "tokenizer.ggml.pre": "dbrx" } },
      /pre-tokenizer `dbrx` isn't supported/,
    ],
  ])("%s", async (_, options, message) => {
    const directory = join(scratch, "refused");
    const conversion = convertGguf(tinyGguf(options), directory);
    await expect(conversion).rejects.toThrow(message);
    await expect(conversion).rejects.toBeInstanceOf(ModelError);
    expect(readdirSync(scratch).filter((name) => name.startsWith("refused"))).toEqual([]);
  });

  test("a quantisation in the middle of the file", async () => {
    const bytes = tinyGguf({ layers: 1 });
    const name = Buffer.from("blk.0.ffn_up.weight");
    const at = Buffer.from(bytes).indexOf(name) + name.length + 4 + 16; // after the dimensions
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, 12, true);
    await expect(convertGguf(bytes, join(scratch, "refused"))).rejects.toThrow(
      /`blk.0.ffn_up.weight` is quantised as Q4_K; supported are F32, F16, Q4_0, Q4_1 and Q8_0/,
    );
  });
});

describe("the directory appears complete or not at all", () => {
  test("a failure half-way leaves the old one and nothing else", async () => {
    const directory = await converted({ seed: 1 });
    const before = readFileSync(join(directory, "onnx", "weights.bin"));
    const failing = convertGguf(tinyGguf({ seed: 2 }), directory, {
      onProgress: () => {
        throw new Error("no space left");
      },
    });
    await expect(failing).rejects.toThrow("no space left");
    expect(readFileSync(join(directory, "onnx", "weights.bin")).equals(before)).toBe(true);
    expect(readdirSync(scratch).filter((name) => name.includes("."))).toEqual([]);
  });

  test("a new conversion replaces the old one", async () => {
    const directory = await converted({ layers: 1 });
    await convertGguf(tinyGguf({ layers: 2 }), directory);
    expect(json(directory, "config.json").num_hidden_layers).toBe(2);
    expect(readdirSync(scratch).filter((name) => name.includes("."))).toEqual([]);
  });

  const built = fileURLToPath(new URL("../../../lib/dist/models/gguf/index.js", import.meta.url));

  test("a killed process leaves no directory, and the next conversion tidies up", async () => {
    expect(existsSync(built), "lib is not built: run `npm run build`").toBe(true);
    const source = join(scratch, "killed.gguf");
    const directory = join(scratch, "killed");
    writeFileSync(source, tinyGguf());
    await runAndKill(source, directory);
    expect(existsSync(directory)).toBe(false);
    const leftovers = () => readdirSync(scratch).filter((name) => name.startsWith("killed.partial-"));
    expect(leftovers()).toHaveLength(1);
    await convertGguf(source, directory);
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(directory, "config.json"))).toBe(true);
  });

  /** Converts in a process of its own, from the built library, that kills itself after the first weight. */
  async function runAndKill(source: string, directory: string): Promise<void> {
    const script = `import { convertGguf } from ${JSON.stringify(pathToFileURL(built).href)};
      await convertGguf(...${JSON.stringify([source, directory])}, { onProgress: () => process.kill(process.pid, "SIGKILL") });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    const signal = await new Promise((resolve) => child.on("exit", (_, name) => resolve(name)));
    expect(signal).toBe("SIGKILL");
  }
});

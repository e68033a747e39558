import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { AutoModelForCausalLM, AutoTokenizer, Tensor } from "@huggingface/transformers";
import { beforeAll, describe, expect, test } from "vitest";
import type { OpenModel, Tokens } from "../../../lib/core/types.js";
import { decode } from "../../../lib/decoding/index.js";
import { openModel } from "../../../lib/models/openModel.js";
import { exportOnnx } from "../../../lib/models/trained/exportOnnx.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { eventsOf, smallConfig } from "../../training/support/runs.js";

let run: string;
let exported: string;
let ours: OpenModel;

beforeAll(async () => {
  const root = await temporaryDirectory();
  const sizes = ["model.numLayers=2", "model.width=16", "model.contextLength=24", "training.steps=60"];
  const config = await smallConfig(root, "gpt2", sizes);
  await eventsOf(config);
  run = config.out;
  exported = path.join(root, "exported");
  await exportOnnx(run, exported);
  ours = await openModel(run);
}, 120_000);

const TEXTS = ["the cat sees a ship.", "a", "the dog hears"];

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) expect(Math.abs(found[i] - expected[i])).toBeLessThan(1e-4);
}

/** The likeliest token, again and again. */
async function greedy(prompt: Tokens, maxNewTokens: number): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { token } of decode(ours.model, prompt, { maxNewTokens })) tokens.push(token);
  return tokens;
}

describe("stock transformers.js", () => {
  test("has our ids and our logits after every token", async () => {
    const tokenizer = await AutoTokenizer.from_pretrained(exported);
    const model = await AutoModelForCausalLM.from_pretrained(exported, { dtype: "fp32" });
    for (const text of TEXTS) {
      const tokens = ours.tokenizer.encode(text);
      expect(tokenizer.encode(text, { add_special_tokens: false })).toEqual([...tokens]);
      const inputs = tokenizer(text, { add_special_tokens: false });
      const { logits } = (await model({ ...inputs, num_logits_to_keep: new Tensor("int64", [0n], []) })) as {
        logits: Tensor;
      };
      const rows = (await ours.model.allLogits(tokens)).flatMap((row) => [...row]);
      expectClose(logits.data as Float32Array, rows);
    }
    await model.dispose();
  });

  test("generates our greedy tokens, with its cache", async () => {
    const tokenizer = await AutoTokenizer.from_pretrained(exported);
    const model = await AutoModelForCausalLM.from_pretrained(exported, { dtype: "fp32" });
    for (const text of ["the cat", "a"]) {
      const prompt = ours.tokenizer.encode(text);
      const settings = { max_new_tokens: 12, do_sample: false, eos_token_id: -1 };
      const found = (await model.generate({
        ...tokenizer(text, { add_special_tokens: false }),
        ...settings,
      } as Parameters<typeof model.generate>[0])) as Tensor;
      const tokens = [...(found.data as BigInt64Array)].map(Number);
      expect(tokens).toEqual([...prompt, ...(await greedy(prompt, 12))]);
    }
    await model.dispose();
  });
});

test("`openModel` opens the export: equal ids, and equal logits in batches of any lengths", async () => {
  const open = await openModel(exported);
  expect(open.model.contextLength).toBe(24);
  expect(open.tokenizer.vocabSize).toBe(ours.tokenizer.vocabSize);
  const prefixes = TEXTS.map((text) => open.tokenizer.encode(text));
  expect(prefixes).toEqual(TEXTS.map((text) => ours.tokenizer.encode(text)));
  for (const batch of [prefixes, prefixes.map((prefix) => [...prefix, 3, 5])]) {
    const [found, expected] = await Promise.all([open.model.nextLogits(batch), ours.model.nextLogits(batch)]);
    for (const [i, row] of found.entries()) expectClose(row, expected[i]);
  }
  const all = await open.model.allLogits(prefixes[0]);
  for (const [i, row] of (await ours.model.allLogits(prefixes[0])).entries()) expectClose(all[i], row);
  await open.model.dispose();
});

test("an earlier export is replaced, anything else is left alone", async () => {
  const root = await temporaryDirectory();
  const target = path.join(root, "again");
  await exportOnnx(run, target);
  await exportOnnx(path.join(run, "checkpoints", "60"), target);
  expect((await readdir(target)).sort()).toEqual(
    ["config.json", "generation_config.json", "onnx", "tokenizer.json", "tokenizer_config.json"].sort(),
  );
  expect(await readdir(root)).toEqual(["again"]);
  const other = path.join(root, "other");
  await mkdir(other);
  await writeFile(path.join(other, "letter.txt"), "keep me");
  await expect(exportOnnx(run, other)).rejects.toThrow(
    `\`directory\` must be new, empty, or that of an earlier export, but is "${other}"`,
  );
  expect(await readdir(other)).toEqual(["letter.txt"]);
});

test("a recurrent net is refused by name", async () => {
  const config = await smallConfig(await temporaryDirectory(), "gru", ["training.steps=2"]);
  await eventsOf(config);
  await expect(exportOnnx(config.out, `${config.out}-onnx`)).rejects.toThrow("it is recurrent (gru)");
});

import { existsSync } from "node:fs";
import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listModels } from "../../lib/models/catalog.js";
import { openModel } from "../../lib/models/openModel.js";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";

let root: string;
let models: string;
const before = process.env.LOGITBOOK_MODELS;

beforeAll(async () => {
  root = await temporaryDirectory();
  models = path.join(root, "models");
  process.env.LOGITBOOK_MODELS = models;
});

afterAll(() => {
  if (before === undefined) delete process.env.LOGITBOOK_MODELS;
  else process.env.LOGITBOOK_MODELS = before;
});

test("a .gguf file opens by its path, is converted once, and again when it has changed", async () => {
  const file = path.join(root, "mine.gguf");
  await writeFile(file, tinyGguf({ seed: 1 }));
  const heard = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const { model, tokenizer } = await openModel(file, { onProgress: (news) => heard.add(news.file) });
    expect(await model.nextLogits([tokenizer.encode("the sea")])).toHaveLength(1);
    await model.dispose();
  }
  expect(heard).toContain("mine.gguf");
  expect(await readdir(models)).toHaveLength(1);
  await utimes(file, 1, 1);
  await (await openModel(file)).model.dispose();
  expect(await readdir(models)).toHaveLength(2);
  expect((await listModels()).map(({ architecture }) => architecture)).toEqual(["llama", "llama"]);
});

test("a directory opens by its path", async () => {
  const [entry] = await listModels();
  const { model, name } = await openModel(entry!.name);
  expect(name).toBe(entry!.name);
  await model.dispose();
});

test.each([
  ["nothing-of-the-kind", /there is no model of this name: give `smollm2`, a directory/],
  [
    "smollm2",
    /it is not in .* yet: run `npx logitbook models --fetch` \(in the repository `npm run setup`\), or name .* LOGITBOOK_MODELS/,
  ],
  ["tests", /there is no model in it: no run, and no config\.json/],
  ["missing.gguf", /could not read the file: ENOENT/],
  ["https://example.org/v1", /an engine behind HTTP gives no scores to decode with: use `openRemote`/],
])("%s is an error that says what would open", async (name, message) => {
  await expect(openModel(name)).rejects.toThrow(message);
  await expect(openModel(name)).rejects.toHaveProperty("name", "ModelError");
});

test("a file that is no GGUF is named, and nothing half-made is left", async () => {
  const file = path.join(root, "text.gguf");
  await writeFile(file, "once upon a time");
  await expect(openModel(file)).rejects.toThrow(/text\.gguf.*GGUF/s);
  expect((await readdir(models)).filter((name) => name.startsWith("text"))).toEqual([]);
  await rm(file);
  expect(existsSync(models)).toBe(true);
});

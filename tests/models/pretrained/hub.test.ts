import { existsSync } from "node:fs";
import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ChatTokenizer } from "../../../lib/core/types.js";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { decodeModel, encodeModel } from "../../../lib/models/onnx/proto.js";
import { openPretrained } from "../../../lib/models/pretrained/openPretrained.js";
import { tinyGguf } from "../../support/gguf.js";
import { type HubServer, hubServer } from "../../support/hubServer.js";
import { temporaryDirectory } from "../../support/temporary.js";

const ID = "somebody/tiny-llama";
let hub: HubServer;
let caches: string;
let cacheCount = 0;

beforeAll(async () => {
  const root = await temporaryDirectory();
  const directory = path.join(root, "model");
  await convertGguf(tinyGguf(), directory, { graphs: ["standard"], precisions: ["exact", "fast"] });
  hub = await hubServer(ID, directory);
  caches = path.join(root, "caches");
});

afterAll(() => hub.close());

beforeEach(() => {
  hub.faults.clear();
  hub.requests.length = 0;
});

const freshCache = () => path.join(caches, String(cacheCount++));
const open = (cache: string, options = {}) => openPretrained(ID, ID, cache, { hubUrl: hub.url, ...options });

/** Files in a cache directory, relative to it. */
async function cachedFiles(cache: string): Promise<string[]> {
  if (!existsSync(cache)) return [];
  const entries = await readdir(cache, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(cache, ID), path.join(entry.parentPath, entry.name)))
    .sort();
}

test("a model is downloaded once, with progress, and then opens offline", async () => {
  const cache = freshCache();
  const seen = new Set<string>();
  const first = await open(cache, { onProgress: ({ file }: { file: string }) => seen.add(file) });
  const [row] = await first.model.nextLogits([[1, 2, 3]]);
  await first.model.dispose();
  expect([...seen]).toEqual(expect.arrayContaining(["tokenizer.json", "onnx/model.onnx"]));
  const again = await open(cache, { hubUrl: "http://127.0.0.1:9", offline: true });
  expect((await again.model.nextLogits([[1, 2, 3]]))[0]).toEqual(row);
  expect(again.tokenizer.encode("the sea")).toEqual(first.tokenizer.encode("the sea"));
  await again.model.dispose();
});

test("dtype picks the file", async () => {
  const cache = freshCache();
  const { model } = await open(cache, { dtype: "q4" });
  await model.dispose();
  const files = await cachedFiles(cache);
  expect(files).toContain(path.join("onnx", "model_q4.onnx"));
  expect(files).not.toContain(path.join("onnx", "model.onnx"));
});

test("a repository that names its graph as older ones do opens too", async () => {
  const old = await oldLayout(path.join(caches, "..", "model"));
  const oldHub = await hubServer(ID, old);
  const { model } = await open(freshCache(), { hubUrl: oldHub.url });
  await expect(model.nextLogits([[1, 2]])).resolves.toHaveLength(1);
  await model.dispose();
  await oldHub.close();
});

test("a chat template that is a file of its own is downloaded too, and found again offline", async () => {
  const directory = path.join(caches, "..", "model-template");
  await cp(path.join(caches, "..", "model"), directory, { recursive: true });
  const settings = path.join(directory, "tokenizer_config.json");
  const { chat_template: _, ...rest } = JSON.parse(await readFile(settings, "utf8"));
  await writeFile(settings, JSON.stringify(rest));
  await writeFile(
    path.join(directory, "chat_template.jinja"),
    "{% for m in messages %}<{{ m.content }}>{% endfor %}",
  );
  const server = await hubServer(ID, directory);
  const cache = freshCache();
  for (const offline of [false, true]) {
    const { model, tokenizer } = await open(cache, { hubUrl: server.url, offline });
    await model.dispose();
    expect((tokenizer as ChatTokenizer).chatPrompt([{ role: "user", content: "sea" }])).toBe("<sea>");
  }
  await server.close();
});

/** A copy of a model directory in which the graph is called `decoder_model_merged.onnx`. */
async function oldLayout(directory: string): Promise<string> {
  const name = "decoder_model_merged.onnx";
  const copy = `${directory}-old`;
  await cp(directory, copy, { recursive: true });
  const graph = decodeModel(await readFile(path.join(copy, "onnx", "model.onnx")));
  for (const { externalData = [] } of graph.graph.initializer) {
    for (const entry of externalData) if (entry.key === "location") entry.value = `${name}_data`;
  }
  await writeFile(path.join(copy, "onnx", name), encodeModel(graph));
  await rename(path.join(copy, "onnx", "model.onnx_data"), path.join(copy, "onnx", `${name}_data`));
  await rm(path.join(copy, "onnx", "model.onnx"));
  const config = JSON.parse(await readFile(path.join(copy, "config.json"), "utf8"));
  config["transformers.js_config"] = { use_external_data_format: { [name]: 1 } };
  await writeFile(path.join(copy, "config.json"), JSON.stringify(config));
  return copy;
}

test.each(["tokenizer.json", "config.json", "onnx/model.onnx"])("a missing %s is named", async (file) => {
  hub.faults.set(file, "missing");
  const failure = open(freshCache());
  await expect(failure).rejects.toThrow(ID);
  await expect(failure).rejects.toThrow(path.basename(file));
  await expect(failure).rejects.toHaveProperty("name", "ModelError");
});

test.each(["tokenizer.json", "onnx/model.onnx"])(
  "a download of %s that breaks off is never kept",
  async (file) => {
    const cache = freshCache();
    hub.faults.set(file, "truncated");
    await expect(open(cache)).rejects.toThrow(path.basename(file));
    expect(await cachedFiles(cache)).not.toContain(path.normalize(file));
    hub.faults.clear();
    const { model } = await open(cache);
    await expect(model.nextLogits([[1]])).resolves.toHaveLength(1);
    await model.dispose();
  },
);

test.each(["tokenizer.json", "onnx/model.onnx"])("a corrupt %s is named, with the way out", async (file) => {
  const cache = freshCache();
  hub.faults.set(file, "corrupt");
  const failure = open(cache);
  await expect(failure).rejects.toThrow(path.basename(file));
  await expect(failure).rejects.toThrow(/remove .* and try again/);
});

test("a model that is not there at all", async () => {
  await expect(openPretrained("no/such", "no/such", freshCache(), { hubUrl: hub.url })).rejects.toThrow(
    /model `no\/such`: .*does not exist; check the id/,
  );
});

test("a refused file says that access was refused", async () => {
  hub.faults.set("tokenizer.json", "refused");
  await expect(open(freshCache())).rejects.toThrow(/access to .*tokenizer\.json.* was refused/);
});

test("a hub that does not answer", async () => {
  await expect(open(freshCache(), { hubUrl: "http://127.0.0.1:9" })).rejects.toThrow(/try again/);
});

test("offline, a model that was never downloaded says so", async () => {
  await expect(open(freshCache(), { offline: true })).rejects.toThrow(
    /not on this machine and downloads are off/,
  );
});

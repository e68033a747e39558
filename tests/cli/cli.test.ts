import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";
import { PROGRAM, runProgram } from "./program.js";

let model: string;
let root: string;

beforeAll(async () => {
  root = await temporaryDirectory();
  model = path.join(root, "tiny.gguf");
  await writeFile(model, tinyGguf({ seed: 3, contextLength: 64, quantisation: "Q4_0" }));
});

const logitbook = (args: readonly string[], input?: string) => runProgram(args, { root, input });

async function file(name: string, content: unknown): Promise<string> {
  const location = path.join(root, name);
  await writeFile(location, typeof content === "string" ? content : JSON.stringify(content));
  return location;
}

const generate = (...args: string[]) => logitbook(["generate", "--model", model, ...args]);

describe("generate --json", () => {
  test("keeps its contract", async () => {
    const recipe = await file("sample.json", {
      method: "sample",
      seed: 4,
      maxNewTokens: 12,
      numReturnSequences: 2,
    });
    const { code, stdout } = await generate("--recipe", recipe, "--prompt", "<|im_start|>the sea", "--json");
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(Object.keys(result).sort()).toEqual(["model", "promptTokens", "seconds", "sequences"]);
    expect(result.model).toBe(model);
    expect(result.promptTokens[0]).toBe(1);
    expect(result.sequences).toHaveLength(2);
    for (const sequence of result.sequences) {
      expect(Object.keys(sequence).sort()).toEqual(["finishReason", "logProb", "score", "text", "tokens"]);
      const stopped = sequence.finishReason === "stop";
      expect(sequence.tokens.at(-1) === 2).toBe(stopped);
      if (!stopped) expect(sequence.tokens).toHaveLength(12);
      expect(sequence.logProb).toBeLessThan(0);
    }
  });

  test("the same recipe and seed give the same tokens, another seed others", async () => {
    const run = async (seed: number) => {
      const recipe = JSON.stringify({ method: "sample", seed, maxNewTokens: 12 });
      const args = ["generate", "--model", model, "--recipe", "-", "--prompt", "a", "--json"];
      return JSON.parse((await logitbook(args, recipe)).stdout).sequences[0].tokens;
    };
    const [first, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("--prompt-file reads the text as it stands, and --chat uses the model's template", async () => {
    const chat = JSON.parse((await generate("--chat", "hi", "--system", "be brief", "--json")).stdout);
    const written =
      "<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n";
    const plain = JSON.parse(
      (await generate("--prompt-file", await file("p.txt", written), "--json")).stdout,
    );
    expect(chat.promptTokens).toEqual(plain.promptTokens);
  });
});

test("without --json, what streams is the text and a newline", async () => {
  const recipe = await file("greedy.json", { method: "greedy", maxNewTokens: 8 });
  const { stdout } = await generate("--recipe", recipe, "--prompt", "the");
  const { sequences } = JSON.parse((await generate("--recipe", recipe, "--prompt", "the", "--json")).stdout);
  expect(stdout).toBe(`${sequences[0].text}\n`);
});

test("beams are shown when they are done, and guesses stream as plain decoding does", async () => {
  const shown = async (recipe: object) => {
    const args = ["--recipe", await file("method.json", recipe), "--prompt", "the"];
    const { stdout } = await generate(...args);
    return { stdout, sequences: JSON.parse((await generate(...args, "--json")).stdout).sequences };
  };
  const beams = await shown({ method: "beam", numBeams: 3, numReturnSequences: 2, maxNewTokens: 6 });
  expect(beams.stdout).toMatch(/^1\. log-probability -[\d.]+\n[\s\S]*\n2\. log-probability -[\d.]+\n/);
  expect(beams.sequences).toHaveLength(2);
  const best = await shown({ method: "beam", numBeams: 3, maxNewTokens: 6 });
  expect(best.stdout).toBe(`${best.sequences[0].text}\n`);
  expect(best.sequences[0].tokens).toEqual(beams.sequences[0].tokens);
  const lookup = await shown({ method: "promptLookup", maxNewTokens: 20 });
  const greedy = await shown({ method: "greedy", maxNewTokens: 20 });
  expect(lookup.stdout).toBe(greedy.stdout);
  expect(Object.keys(lookup.sequences[0].acceptance).sort()).toEqual([
    "accepted",
    "calls",
    "guessed",
    "rate",
  ]);
  const contrastive = await shown({ method: "contrastive", maxNewTokens: 6 });
  expect(contrastive.sequences[0].tokens.length).toBeGreaterThan(0);
});

test("without --json, what streams ends before a stop string", async () => {
  const plain = { method: "greedy", maxNewTokens: 8 };
  const args = ["--prompt", "the", "--json"];
  const run = await generate("--recipe", await file("plain.json", plain), ...args);
  const { text } = JSON.parse(run.stdout).sequences[0];
  const [from, to] = [Math.floor(text.length / 3), Math.ceil((text.length * 2) / 3)];
  const stop = text.slice(from, to);
  const recipe = await file("stopped.json", { ...plain, stopStrings: [stop] });
  const { stdout } = await generate("--recipe", recipe, "--prompt", "the");
  expect(stop.length).toBeGreaterThan(1);
  expect(stdout).toBe(`${text.slice(0, text.indexOf(stop))}\n`);
  const { sequences } = JSON.parse((await generate("--recipe", recipe, ...args)).stdout);
  expect(`${sequences[0].text}\n`).toBe(stdout);
});

test("--precision reaches the model", async () => {
  const run = async (precision: string) => {
    const args = ["--precision", precision, "--prompt", "the sea", "--json"];
    return JSON.parse((await generate(...args)).stdout).sequences[0].logProb;
  };
  expect(await run("exact")).toBe(await run("exact"));
  expect(await run("fast")).not.toBe(await run("exact"));
});

describe("--draft", () => {
  const guessed = async (draft: readonly string[], ...args: string[]) => {
    const recipe = await file("speculative.json", { method: "speculative", maxNewTokens: 12 });
    return generate("--recipe", recipe, "--prompt", "the", ...draft, ...args);
  };

  test("guesses ahead for `speculative`: the tokens of greedy in fewer calls", async () => {
    const { code, stdout } = await guessed(["--draft", model, "--draft-precision", "fast"], "--json");
    expect(code).toBe(0);
    const [sequence] = JSON.parse(stdout).sequences;
    const greedy = await file("greedy.json", { method: "greedy", maxNewTokens: 12 });
    const plain = await generate("--recipe", greedy, "--prompt", "the", "--json");
    expect(sequence.tokens).toEqual(JSON.parse(plain.stdout).sequences[0].tokens);
    expect(sequence.acceptance.accepted).toBeGreaterThan(0);
    expect(sequence.acceptance.calls).toBeLessThan(sequence.tokens.length);
  });

  test.each([
    ["is asked for where it is missing", [], /`draft` must be a smaller language model .* by --draft/],
    ["that is no model", ["--draft", "nope"], /model `nope`: there is no model of this name/],
    ["has to be named before its precision", ["--draft-precision", "fast"], /name the draft with --draft/],
  ])("%s", async (_, args, message) => {
    const { code, stderr } = await guessed(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("bad input: exit 2, one line on stderr, nothing on stdout", () => {
  test.each([
    ["no prompt", [], /give a prompt: --prompt TEXT/],
    ["two prompts", ["--prompt", "a", "--chat", "b"], /cannot be used with option '--chat/],
    ["an empty prompt", ["--prompt", ""], /prompt is empty/],
    ["a system prompt without a chat", ["--prompt", "a", "--system", "b"], /--system needs --chat/],
    ["a prompt beyond the context", ["--prompt", "q".repeat(500)], /the prompt has 500 tokens.*64/],
    [
      "a missing prompt file",
      ["--prompt-file", "/nowhere.txt"],
      /--prompt-file: could not read \/nowhere\.txt \(ENOENT\)/,
    ],
    ["an unknown option", ["--prompt", "a", "--temprature", "1"], /unknown option '--temprature'/],
    ["a second recipe", ["--recipe", "a", "--recipe", "b"], /--recipe is given twice: give it once/],
    ["a wrong precision", ["--prompt", "a", "--precision", "exactly"], /Allowed choices are exact, fast/],
    [
      "a draft that nothing guesses with",
      ["--prompt", "a", "--draft", "smollm2"],
      /--draft: only the method `speculative` guesses with a draft/,
    ],
    ["an option of other models", ["--prompt", "a", "--dtype", "q4"], /`dtype` must be left out/],
  ])("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await generate(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test.each([
    ["no JSON", "{", /must be JSON, such as/],
    ["an unknown method", { method: "gredy" }, /greedy/],
    ["an unknown field", { method: "greedy", maxNewToken: 3 }, /maxNewTokens/],
    [
      "a value out of range",
      { method: "sample", processors: [{ type: "topP", p: 1.5 }] },
      /processors.*p.*from 0 to 1/,
    ],
  ])("a recipe with %s", async (name, recipe, message) => {
    const { code, stderr } = await generate("--prompt", "a", "--recipe", await file(`${name}.json`, recipe));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("an unknown model", async () => {
    const { code, stderr } = await logitbook(["generate", "--model", "nope", "--prompt", "a"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^logitbook: model `nope`: there is no model of this name/);
  });
});

test("Ctrl-C stops the program within moments, with status 130", async () => {
  const recipe = await file("long.json", { method: "sample", maxNewTokens: 60 });
  const child = spawn(
    process.execPath,
    [PROGRAM, "generate", "--recipe", recipe, "--prompt", "a", "--model", model],
    {
      env: { ...process.env, LOGITBOOK_MODELS: path.join(root, "models") },
    },
  );
  await new Promise((resolve) => child.once("spawn", resolve));
  await new Promise((resolve) => setTimeout(resolve, 150));
  child.kill("SIGINT");
  expect(
    await new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal))),
  ).toSatisfy((end: unknown) => end === 130 || end === "SIGINT");
});

test("models lists what was converted, and --json gives the same as data", async () => {
  await generate("--prompt", "a");
  const { stdout } = await logitbook(["models"]);
  expect(stdout).toMatch(/tiny-[0-9a-f]{12}\s+llama\s+320 tokens\s+context 64/);
  const [entry] = JSON.parse((await logitbook(["models", "--json"])).stdout);
  expect(entry).toMatchObject({ architecture: "llama", contextLength: 64, vocabSize: 320 });
  const again = await logitbook(["generate", "--model", entry.name, "--prompt", "a"]);
  expect(again.code).toBe(0);
});

test.each([
  ["--help"],
  ["generate", "--help"],
  ["trace", "--help"],
  ["compare", "--help"],
  ["models", "--help"],
])("%s … teaches and exits with 0", async (...args) => {
  const { code, stdout } = await logitbook(args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Usage: logitbook/);
});

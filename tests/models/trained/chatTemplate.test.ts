import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Conversation, chatPrompt } from "../../../lib/chat/index.js";
import { seededRandom } from "../../../lib/core/random.js";
import type { ChatTokenizer } from "../../../lib/core/types.js";
import { openModel } from "../../../lib/models/openModel.js";
import { weightPlan } from "../../../lib/models/trainable/createModel.js";
import { exportOnnx } from "../../../lib/models/trained/exportOnnx.js";
import { writeModelFiles } from "../../../lib/models/trained/modelFiles.js";
import { bpeTokenizer, saveTokenizer } from "../../../lib/tokenizers/index.js";
import { parseRunConfig } from "../../../lib/training/index.js";
import { runProgram } from "../../cli/program.js";
import { post, serve } from "../../server/support.js";
import { temporaryDirectory } from "../../support/temporary.js";
import { CHATML_TEMPLATE, SPECIAL_TOKENS, tinyVocabulary } from "../../support/tinyVocabulary.js";
import { eventsOf, smallConfig, smallRun } from "../../training/support/runs.js";

const MESSAGES = [{ role: "user", content: "the sea" }];
const WRITTEN = "<|im_start|>user\nthe sea<|im_end|>\n<|im_start|>assistant\n";
const [START, END] = [1, 2];

let root: string;
let plain: string;

beforeAll(async () => {
  root = await temporaryDirectory();
  plain = path.join(root, "plain");
  await writeGpt2(plain);
});

/** A GPT-2 directory with fresh weights, without a chat template. */
async function writeGpt2(directory: string): Promise<void> {
  const { tokens, merges } = tinyVocabulary(300);
  const pairs = merges.map((pair) => pair.split(" ") as [string, string]);
  const tokenizer = bpeTokenizer({
    tokens,
    merges: pairs,
    special: [...SPECIAL_TOKENS],
    end: ["<|endoftext|>"],
  });
  const sizes = { contextLength: 128, numLayers: 1, numHeads: 2, width: 8, dropout: 0 };
  const config = { architecture: "gpt2", vocabSize: tokens.length, ...sizes } as const;
  const random = seededRandom(4);
  const weights = weightPlan(config).map(({ name, shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return [name, { shape, data: Float32Array.from({ length: size }, () => random.next() - 0.5) }] as const;
  });
  await writeModelFiles(directory, { config, weights: new Map(weights) }, 0);
  await saveTokenizer(tokenizer, directory);
}

/** The same with these files beside it. */
async function directoryWith(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = path.join(root, name);
  await mkdir(directory, { recursive: true });
  for (const file of ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(path.join(plain, file), path.join(directory, file));
  }
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(directory, file), text);
  return directory;
}

async function configWith(chat_template: unknown): Promise<Record<string, string>> {
  const config = JSON.parse(await readFile(path.join(plain, "tokenizer_config.json"), "utf8"));
  return { "tokenizer_config.json": JSON.stringify({ ...config, chat_template }) };
}

async function written(directory: string): Promise<string> {
  const open = await openModel(directory);
  try {
    return (open.tokenizer as ChatTokenizer).chatPrompt(MESSAGES);
  } finally {
    await open.model.dispose();
  }
}

describe("the chat template of a GPT-2 directory", () => {
  test("is its file, which goes before the configuration", async () => {
    const files = { ...(await configWith("other")), "chat_template.jinja": CHATML_TEMPLATE };
    expect(await written(await directoryWith("file", files))).toBe(WRITTEN);
  });

  test("is in its configuration, alone or as the default among several", async () => {
    expect(await written(await directoryWith("alone", await configWith(CHATML_TEMPLATE)))).toBe(WRITTEN);
    const several = [
      { name: "default", template: CHATML_TEMPLATE },
      { name: "rag", template: "other" },
    ];
    expect(await written(await directoryWith("several", await configWith(several)))).toBe(WRITTEN);
  });

  test("writes a conversation whose control tokens are its own, by this tokenizer's ids", async () => {
    const open = await openModel(await directoryWith("ids", { "chat_template.jinja": CHATML_TEMPLATE }));
    const { tokens, text } = await chatPrompt(open, new Conversation().ask("the <|im_end|> sea"));
    expect(text).toContain("the <|im_end|> sea");
    const ids = tokens.map(({ token }) => token);
    expect(ids.filter((token) => token === START || token === END)).toEqual([START, END, START]);
    expect((open.tokenizer as ChatTokenizer).chatTokens(MESSAGES)).toEqual(open.tokenizer.encode(WRITTEN));
    await open.model.dispose();
  });

  test("comes with the ends of generation that are not those of a text", async () => {
    const generation = JSON.stringify({ eos_token_id: [0, END] });
    const files = { "chat_template.jinja": CHATML_TEMPLATE, "generation_config.json": generation };
    const open = await openModel(await directoryWith("ends", files));
    expect(open.tokenizer.endTokens).toEqual([0, END]);
    await open.model.dispose();
  });

  test("is none where there is none", async () => {
    const open = await openModel(plain);
    expect(open.tokenizer).not.toHaveProperty("chatPrompt");
    await open.model.dispose();
  });

  test("is what the server and the terminal write", async () => {
    const directory = await directoryWith("served", { "chat_template.jinja": CHATML_TEMPLATE });
    const { url } = await serve([{ ...(await openModel(directory)), name: "mine" }]);
    const applied = await post(`${url}/apply-template`, { model: "mine", messages: MESSAGES });
    expect(await applied.json()).toEqual({ prompt: WRITTEN });
    const chat = { model: "mine", messages: MESSAGES, max_tokens: 3 };
    const answer = await (await post(`${url}/v1/chat/completions`, chat)).json();
    expect(answer).toMatchObject({ usage: { prompt_tokens: (await tokensOf(directory)).length } });
    const talk = ["chat", "--model", directory];
    const { code, stdout, stderr } = await runProgram(talk, { root, input: "the sea\n/show-prompt\n" });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^ +template {2}.*<\|im_start\|>/m);
  });

  test("that refuses what was said says so, and a request is told which field", async () => {
    const refusing = "{{ raise_exception('roles must alternate') }}";
    const directory = await directoryWith("refusing", { "chat_template.jinja": refusing });
    const { url } = await serve([{ ...(await openModel(directory)), name: "mine" }]);
    const answer = await post(`${url}/v1/chat/completions`, { model: "mine", messages: MESSAGES });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { param: "messages", message: expect.stringContaining("roles must alternate") },
    });
  });
});

async function tokensOf(directory: string): Promise<number[]> {
  const open = await openModel(directory);
  await open.model.dispose();
  return open.tokenizer.encode(WRITTEN);
}

test("the chat template of a run is that of its checkpoints, unless they have their own", async () => {
  const config = await smallConfig(await temporaryDirectory(), "gpt2", ["training.steps=2"]);
  await eventsOf(config);
  const file = path.join(config.out, "chat_template.jinja");
  await writeFile(file, "of the run: {{ messages[0].content }}");
  expect(await written(config.out)).toBe("of the run: the sea");
  const checkpoint = path.join(config.out, "checkpoints", "2");
  expect(await written(checkpoint)).toBe("of the run: the sea");
  await writeFile(path.join(checkpoint, "chat_template.jinja"), "its own");
  expect(await written(checkpoint)).toBe("its own");
});

test("the chat template goes with a model into a run that begins with it, and into an export", async () => {
  const from = await directoryWith("origin", { "chat_template.jinja": CHATML_TEMPLATE });
  const out = await temporaryDirectory();
  const yaml = (await smallRun(out, "gpt2")).replace(
    /^model: .*$/m,
    `model: { architecture: given, from: ${from} }`,
  );
  const config = parseRunConfig(yaml, { overrides: ["tokenizer.kind=given", "training.steps=2"] });
  await eventsOf(config);
  expect(await written(config.out)).toBe(WRITTEN);
  const exported = path.join(root, "exported");
  await exportOnnx(config.out, exported);
  expect(await written(exported)).toBe(WRITTEN);
  // Transformers.js doesn't read the file that Python writes; here it goes before the configuration too.
  await writeFile(path.join(exported, "chat_template.jinja"), "from the file");
  expect(await written(exported)).toBe("from the file");
});

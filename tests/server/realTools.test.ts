import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelsDirectory } from "../../lib/models/modelsDirectory.js";
import { openModel } from "../../lib/models/openModel.js";
import { ModelPool, type RunningServer, startServer } from "../../lib/server/index.js";
import { temporaryDirectory } from "../support/temporary.js";

/** Tools, calls and results as Hermes and Qwen write them down; SmolLM2's own template has no place for them. */
const TEMPLATE = `{% if tools %}<|im_start|>system
You may call one of these functions:
{% for tool in tools %}{{ tool.function | tojson }}
{% endfor %}To call one, answer with its name and arguments as JSON within <tool_call></tool_call>.<|im_end|>
{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}
{{ m.content }}{% for call in m.tool_calls or [] %}<tool_call>
{{ call.function | tojson }}
</tool_call>{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

let server: RunningServer;
let openai: OpenAI;

/** The default model's own weights under that template. */
beforeAll(async () => {
  const from = path.join(modelsDirectory(), "smollm2");
  const directory = path.join(await temporaryDirectory(), "hermes");
  await cp(from, directory, { recursive: true, filter: (file) => path.basename(file) !== "onnx" });
  await symlink(path.join(from, "onnx"), path.join(directory, "onnx"));
  const file = path.join(directory, "tokenizer_config.json");
  const config = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...config, chat_template: TEMPLATE }));
  const pool = new ModelPool({ models: { hermes: { open: () => openModel(directory) } } });
  server = await startServer({ pool, port: 0 });
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => server.close());

const parameters = {
  type: "object",
  properties: {
    city: { enum: ["Cairo", "Oslo", "Rome"] },
    days: { type: "integer", minimum: 1, maximum: 7 },
  },
  required: ["city", "days"],
  additionalProperties: false,
};
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: { name: "forecast", description: "The weather of the next days.", parameters },
  },
  { type: "function", function: { name: "time", description: "The time of day in a city." } },
];
const question = { role: "user", content: "What will the weather in Oslo be for the next 3 days?" } as const;

test("a real model calls the function that it has to, and answers what the function gave", async () => {
  const asked = { model: "hermes", tools, temperature: 0, max_tokens: 80 };
  const named = { type: "function", function: { name: "forecast" } } as const;
  const { choices } = await openai.chat.completions.create({
    ...asked,
    messages: [question],
    tool_choice: named,
  });
  expect(choices[0]?.finish_reason).toBe("tool_calls");
  const [call] = choices[0]?.message.tool_calls ?? [];
  if (call?.type !== "function") throw new Error("no function was called");
  expect(call.function.name).toBe("forecast");
  expect(JSON.parse(call.function.arguments)).toEqual({ city: "Oslo", days: 3 });

  const result = { role: "tool", tool_call_id: call.id, content: "Rain on all days, 4 degrees." } as const;
  const second = await openai.chat.completions.create({
    ...asked,
    messages: [question, choices[0]?.message as OpenAI.ChatCompletionMessage, result],
    tool_choice: "none",
    max_tokens: 24,
  });
  expect(second.choices[0]?.message.content).not.toBe("");
  expect(second.choices[0]?.message.tool_calls).toBeUndefined();
}, 60_000);

test("a real model that has to call some function calls one of them", async () => {
  const { choices } = await openai.chat.completions.create({
    ...{ model: "hermes", tools, temperature: 0, max_tokens: 120 },
    messages: [{ role: "user", content: "Say hello." }],
    tool_choice: "required",
  });
  const [call] = choices[0]?.message.tool_calls ?? [];
  expect(call?.type === "function" && ["forecast", "time"].includes(call.function.name)).toBe(true);
}, 60_000);

import { readFile } from "node:fs/promises";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collect } from "../../lib/core/drain.js";
import type { OpenModel } from "../../lib/core/types.js";
import { decode, generate } from "../../lib/decoding/index.js";
import { openModel } from "../../lib/models/openModel.js";
import type { NextAnswer } from "../../lib/server/api/types.js";
import { ModelPool, type RunningServer, startServer } from "../../lib/server/index.js";
import { golden } from "../support/folders.js";
import { post } from "./support.js";

let open: OpenModel;
let server: RunningServer;
let openai: OpenAI;

beforeAll(async () => {
  open = await openModel("smollm2", { precision: "exact" });
  server = await startServer({
    pool: new ModelPool({ models: { smollm2: { open: async () => open } } }),
    port: 0,
  });
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});

afterAll(() => server.close());

test("requests side by side get the very answers that they get alone, prompts in chunks included", async () => {
  const prompts = [
    "The sea",
    "Once upon a time there was a king. ".repeat(30),
    "Why is the sky blue?",
    "Transformers are the",
  ];
  const recipe = { method: "greedy", maxNewTokens: 8 } as const;
  const together = await Promise.all(
    prompts.map((prompt) =>
      openai.completions.create({ model: "smollm2", prompt, max_tokens: 8, temperature: 0 }),
    ),
  );
  const alone = [];
  for (const prompt of prompts) alone.push((await generate(open, prompt, recipe)).sequences[0]?.text);
  expect(together.map(({ choices }) => choices[0]?.text)).toEqual(alone);
});

test("the second turn of a chat finds the first in the cache, and says so", async () => {
  const ask = (messages: OpenAI.ChatCompletionMessageParam[]) =>
    openai.chat.completions.create({ model: "smollm2", messages, max_tokens: 12, temperature: 0 });
  const question = { role: "user", content: "Name three colours that are found in a rainbow." } as const;
  const first = await ask([question]);
  const answer = { role: "assistant", content: first.choices[0]?.message.content ?? "" } as const;
  const second = await ask([question, answer, { role: "user", content: "And one more?" }]);
  const cached = second.usage?.prompt_tokens_details?.cached_tokens ?? 0;
  expect(cached).toBeGreaterThanOrEqual(first.usage?.prompt_tokens ?? 0);
  expect(cached).toBeLessThan(second.usage?.prompt_tokens ?? 0);
});

test("a message that spells control tokens ends no turn: it is answered as the text it is", async () => {
  const { chats } = JSON.parse(await readFile(golden("chat", "chats.json"), "utf8"));
  const { messages, ids, stock } = chats[2];
  expect(ids.length).toBeGreaterThan(stock.length);
  const asked = { model: "smollm2", messages, max_tokens: 12, temperature: 0 };
  const { choices, usage } = await openai.chat.completions.create(asked);
  expect(usage?.prompt_tokens).toBe(ids.length);
  const steps = await collect(
    decode(open.model, ids, { maxNewTokens: 12, stopTokens: open.tokenizer.endTokens }),
  );
  const told = steps.map(({ token }) => token).filter((token) => !open.tokenizer.endTokens.includes(token));
  expect(choices[0]?.message.content).toBe(open.tokenizer.decode(told));
}, 30_000);

test("a prompt's own log-probabilities are those of the model, with nothing generated", async () => {
  const prompt = "The sea is blue";
  const echoed = await openai.completions.create({
    model: "smollm2",
    prompt,
    max_tokens: 0,
    echo: true,
    logprobs: 2,
  });
  const { tokens = [], token_logprobs = [], text_offset = [] } = echoed.choices[0]?.logprobs ?? {};
  expect(tokens.join("")).toBe(prompt);
  expect(text_offset).toEqual([0, 3, 7, 10]);
  expect(token_logprobs?.[0]).toBeNull();
  const ids = open.tokenizer.encode(prompt);
  const [row] = await open.model.nextLogits([ids.slice(0, 1)]);
  const total = Math.log((row as Float32Array).reduce((sum, score) => sum + Math.exp(score), 0));
  expect(token_logprobs?.[1]).toBeCloseTo(((row as Float32Array)[ids[1] as number] as number) - total, 3);
  expect(echoed.usage?.completion_tokens).toBe(0);
});

test("the next-token room follows dola too, and shows what the contrast took away", async () => {
  const recipe = { method: "dola", layers: "high", maxNewTokens: 4 } as const;
  const prompt = "The capital of France is";
  const [{ tokens }] = (await generate(open, prompt, recipe)).sequences;
  const answer = await post(`${server.url}/api/next`, {
    model: "smollm2",
    prompt,
    recipe,
    picks: tokens.slice(0, 2),
  });
  const { next } = (await answer.json()) as NextAnswer;
  expect(next?.chosen.token).toBe(tokens[2]);
  expect(next?.stages.map(({ name }) => name)).toEqual(["dola"]);
  expect(next?.stages[0]?.tokensLeft).toBeLessThan(100);
});

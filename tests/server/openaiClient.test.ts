import OpenAI, { AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from "openai";
import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { serve } from "./support.js";

const SCRIPT = "Grüße, 世界 🌍!";
const user = [{ role: "user", content: "say it" }] as const;

async function client(options: Parameters<typeof serve>[1] = {}, script = SCRIPT) {
  const { url } = await serve([byteModel("tiny", script)], options);
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: options.apiKey ?? "none", maxRetries: 0 });
}

describe("chat completions", () => {
  test("a whole answer", async () => {
    const openai = await client();
    const answer = await openai.chat.completions.create({
      model: "tiny",
      messages: [...user],
      temperature: 0,
    });
    expect(answer.object).toBe("chat.completion");
    expect(answer.choices).toHaveLength(1);
    expect(answer.choices[0]).toMatchObject({
      index: 0,
      message: { role: "assistant", content: SCRIPT, refusal: null },
      finish_reason: "stop",
      logprobs: null,
    });
    const generated = new TextEncoder().encode(SCRIPT).length + 1;
    expect(answer.usage).toEqual({
      prompt_tokens: 12,
      completion_tokens: generated,
      total_tokens: 12 + generated,
      prompt_tokens_details: { cached_tokens: 0 },
    });
  });

  test("a stream: the role first, whole characters only, one end, usage last", async () => {
    const openai = await client();
    const stream = await openai.chat.completions.create({
      model: "tiny",
      messages: [...user],
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    const texts = chunks.flatMap((chunk) => chunk.choices.map(({ delta }) => delta.content ?? ""));
    expect(texts.join("")).toBe(SCRIPT);
    expect(texts.filter((text) => text.includes("\uFFFD"))).toEqual([]);
    const reasons = chunks.flatMap((chunk) => chunk.choices.map(({ finish_reason }) => finish_reason));
    expect(reasons.slice(0, -1).every((reason) => reason === null)).toBe(true);
    expect(reasons.at(-1)).toBe("stop");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 12 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("three answers at once, and the same ones for the same seed", async () => {
    const openai = await client();
    const ask = (seed: number) =>
      openai.chat.completions.create({ model: "tiny", messages: [...user], n: 3, seed, max_tokens: 12 });
    const [first, again, other] = [await ask(1), await ask(1), await ask(2)];
    expect(first.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(again.choices).toEqual(first.choices);
    expect(other.choices).not.toEqual(first.choices);
  });

  test("log-probabilities of the model's own distribution", async () => {
    const openai = await client();
    const { choices } = await openai.chat.completions.create({
      model: "tiny",
      messages: [...user],
      temperature: 0,
      logprobs: true,
      top_logprobs: 2,
    });
    const content = choices[0]?.logprobs?.content ?? [];
    expect(content.flatMap(({ bytes }) => bytes)).toEqual([...new TextEncoder().encode(SCRIPT)]);
    for (const { logprob, top_logprobs } of content) {
      expect(logprob).toBeCloseTo(Math.log(0.9), 5);
      expect(top_logprobs).toHaveLength(2);
    }
    expect(content[2]?.token).toBe("bytes:\\xc3");
  });

  test("stop strings end an answer and are no part of it", async () => {
    const openai = await client();
    const stream = await openai.chat.completions.create({
      model: "tiny",
      messages: [...user],
      temperature: 0,
      stop: "界 ",
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("Grüße, 世");
  });
});

describe("errors have the classes that the client knows", () => {
  test("400 names the field", async () => {
    const openai = await client();
    const bad = openai.chat.completions.create({ model: "tiny", messages: [...user], temperature: -1 });
    await expect(bad).rejects.toBeInstanceOf(BadRequestError);
    await expect(bad).rejects.toMatchObject({
      status: 400,
      param: "temperature",
      type: "invalid_request_error",
    });
    const unknown = { model: "tiny", messages: [...user], temprature: 1 };
    await expect(openai.chat.completions.create(unknown)).rejects.toMatchObject({
      param: "temprature",
      message: expect.stringContaining("did you mean `temperature`?"),
    });
  });

  test("404 for a model that is not offered", async () => {
    const openai = await client();
    const asked = openai.chat.completions.create({ model: "huge", messages: [...user] });
    await expect(asked).rejects.toBeInstanceOf(NotFoundError);
    await expect(asked).rejects.toMatchObject({ code: "model_not_found", param: "model" });
  });

  test("401 without the key", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT)], { apiKey: "secret" });
    const wrong = new OpenAI({ baseURL: `${url}/v1`, apiKey: "other", maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toBeInstanceOf(AuthenticationError);
    const right = new OpenAI({ baseURL: `${url}/v1`, apiKey: "secret", maxRetries: 0 });
    expect((await right.models.list()).data.map(({ id }) => id)).toEqual(["tiny"]);
  });

  test("429 with retry-after where the queue is full, which the client obeys", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT, { delay: 20 })], {
      maxConcurrent: 1,
      maxQueue: 0,
    });
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
    const ask = (options = {}) =>
      openai.chat.completions.create({ model: "tiny", messages: [...user], temperature: 0 }, options);
    const first = ask();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(ask()).rejects.toBeInstanceOf(RateLimitError);
    const patient = await ask({ maxRetries: 3 });
    expect(patient.choices[0]?.message.content).toBe(SCRIPT);
    await first;
  });

  test("an error in mid-stream arrives as one, and tells no secret", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT, { failAfter: 6 })]);
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
    const stream = await openai.chat.completions.create({
      model: "tiny",
      messages: [...user],
      temperature: 0,
      stream: true,
    });
    let text = "";
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    };
    await expect(read()).rejects.toMatchObject({
      message: expect.not.stringContaining("secret"),
      type: "server_error",
    });
    expect(text).toBe("Grüß");
  });
});

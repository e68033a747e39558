import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, streamText } from "ai";
import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { serve } from "./support.js";

const SCRIPT = "Grüße, 世界 🌍!";

async function provider(options: Parameters<typeof serve>[1] = {}) {
  const { url } = await serve([byteModel("tiny", SCRIPT)], options);
  return createOpenAICompatible({ name: "logitbook", baseURL: `${url}/v1`, includeUsage: true });
}

describe("the AI SDK, unmodified", () => {
  test("generates text", async () => {
    const { chatModel } = await provider();
    const { text, finishReason, usage } = await generateText({
      model: chatModel("tiny"),
      system: "Be kind.",
      prompt: "say it",
      temperature: 0,
    });
    expect([text, finishReason]).toEqual([SCRIPT, "stop"]);
    expect(usage.outputTokens).toBe(new TextEncoder().encode(SCRIPT).length + 1);
  });

  test("streams it, whole characters only", async () => {
    const { chatModel } = await provider();
    const { textStream, usage } = streamText({ model: chatModel("tiny"), prompt: "say it", temperature: 0 });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces.join("")).toBe(SCRIPT);
    expect(pieces.some((piece) => piece.includes("\uFFFD"))).toBe(false);
    expect((await usage).inputTokens).toBeGreaterThan(0);
  });

  test("continues texts", async () => {
    // The client writes `user:` before a prompt, and 13 characters behind it.
    const { url } = await serve([byteModel("tiny", `${".".repeat(13)}${SCRIPT}`)]);
    const { completionModel } = createOpenAICompatible({ name: "logitbook", baseURL: `${url}/v1` });
    const asked = { model: completionModel("tiny"), prompt: "say|", temperature: 0, maxOutputTokens: 30 };
    expect((await generateText(asked)).text).toBe(SCRIPT);
  });

  test("aborts", async () => {
    const { url } = await serve([byteModel("tiny", "x".repeat(400), { delay: 10 })]);
    const { chatModel } = createOpenAICompatible({ name: "logitbook", baseURL: `${url}/v1` });
    const abort = new AbortController();
    const { textStream } = streamText({
      model: chatModel("tiny"),
      prompt: "say it",
      temperature: 0,
      abortSignal: abort.signal,
    });
    let text = "";
    for await (const piece of textStream) {
      text += piece;
      if (text.length === 3) abort.abort();
    }
    expect(text.length).toBeLessThan(20);
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toContain("logitbook_requests_running 0");
  });

  test("gets errors that it knows, with the server's words", async () => {
    const { chatModel } = await provider();
    const asked = generateText({ model: chatModel("huge"), prompt: "say it", maxRetries: 0 });
    await expect(asked).rejects.toBeInstanceOf(APICallError);
    await expect(asked).rejects.toMatchObject({
      statusCode: 404,
      isRetryable: false,
      message: expect.stringContaining("`huge` is not offered"),
    });
  });

  test("tries again where it was told to come later", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT, { delay: 10 })], {
      maxConcurrent: 1,
      maxQueue: 0,
    });
    const { chatModel } = createOpenAICompatible({ name: "logitbook", baseURL: `${url}/v1` });
    const ask = () =>
      generateText({ model: chatModel("tiny"), prompt: "say it", temperature: 0, maxRetries: 4 });
    const answers = await Promise.all([ask(), ask()]);
    expect(answers.map(({ text }) => text)).toEqual([SCRIPT, SCRIPT]);
  });
});

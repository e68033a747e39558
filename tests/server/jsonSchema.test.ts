import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateObject, generateText, Output, streamObject } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openModel } from "../../lib/models/openModel.js";
import { ModelPool, type RunningServer, startServer } from "../../lib/server/index.js";

const schema = {
  type: "object",
  properties: { city: { type: "string", maxLength: 20 }, hot: { type: "boolean" } },
  required: ["city", "hot"],
  additionalProperties: false,
} as const;

describe("answers of the default model held to a JSON Schema", () => {
  let server: RunningServer;
  let openai: OpenAI;

  beforeAll(async () => {
    const pool = new ModelPool({ models: { smollm2: { open: () => openModel("smollm2") } } });
    server = await startServer({ pool, port: 0 });
    openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  });
  afterAll(() => server.close());

  const ask = (format: object) =>
    openai.chat.completions.create({
      model: "smollm2",
      messages: [{ role: "user", content: "Name a city, and say whether it is hot there." }],
      temperature: 0,
      max_tokens: 60,
      response_format: {
        type: "json_schema",
        json_schema: { name: "city", schema: format as typeof schema },
      },
    });

  test("are JSON of that shape", async () => {
    const { choices } = await ask(schema);
    const answer = JSON.parse(choices[0]?.message.content ?? "");
    expect(Object.keys(answer)).toEqual(["city", "hot"]);
    expect(typeof answer.hot).toBe("boolean");
  });

  describe("are objects for the AI SDK", () => {
    const shape = z.strictObject({ city: z.string().max(20), hot: z.boolean() });
    const asked = (supportsStructuredOutputs = true) => ({
      model: createOpenAICompatible({
        name: "logitbook",
        baseURL: `${server.url}/v1`,
        supportsStructuredOutputs,
      }).chatModel("smollm2"),
      prompt: "Name a city, and say whether it is hot there.",
      temperature: 0,
      maxOutputTokens: 60,
    });

    test("by generateText", async () => {
      const { output } = await generateText({ ...asked(), output: Output.object({ schema: shape }) });
      expect(shape.parse(output).city.length).toBeGreaterThan(0);
    });

    test("by generateObject, and the same ones piece by piece by streamObject", async () => {
      const { object, finishReason } = await generateObject({ ...asked(), schema: shape });
      expect([shape.safeParse(object).success, finishReason]).toEqual([true, "stop"]);
      const stream = streamObject({ ...asked(), schema: shape });
      const partial: object[] = [];
      for await (const piece of stream.partialObjectStream) partial.push(piece);
      expect(partial.length).toBeGreaterThan(2);
      expect([partial.at(-1), await stream.object]).toEqual([object, object]);
    });

    test("only where the client says that schemas are supported: without, it sends none", async () => {
      const { request, warnings } = await generateObject({ ...asked(false), schema: z.looseObject({}) });
      expect(JSON.parse(String(request.body))).toMatchObject({ response_format: { type: "json_object" } });
      expect(warnings).toMatchObject([{ type: "unsupported", feature: "responseFormat" }]);
    });
  });

  test("a schema that can't be read is refused, with the field that holds it", async () => {
    await expect(ask({ type: "nonsense" })).rejects.toMatchObject({ status: 400, param: "response_format" });
  });
});

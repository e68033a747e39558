import fc from "fast-check";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { toolCallFilter } from "../../lib/server/openai/toolCalls.js";
import { byteModel } from "./byteModel.js";
import { post, serve } from "./support.js";

const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Köln"}}\n</tool_call>';
const OTHER = '<tool_call>{"name": "time"}</tool_call>';
const tools = [
  {
    type: "function",
    function: { name: "weather", description: "The weather.", parameters: { type: "object" } },
  },
] as const;
const messages = [{ role: "user", content: "How is it?" }] as const;

async function client(script: string) {
  const { url } = await serve([
    byteModel("tiny", script, { tools: true, contextLength: 2048 }),
    byteModel("plain", "yes"),
  ]);
  return { url, openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 }) };
}

describe("a model whose template has a place for tools", () => {
  test("calls them, as the openai client reads it", async () => {
    const { openai } = await client(CALL);
    const { choices } = await openai.chat.completions.create({
      model: "tiny",
      messages: [...messages],
      tools: [...tools],
      temperature: 0,
    });
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(choices[0]?.message.content).toBeNull();
    expect(choices[0]?.message.tool_calls).toEqual([
      {
        id: expect.stringMatching(/^call_./),
        type: "function",
        function: { name: "weather", arguments: '{"city":"Köln"}' },
      },
    ]);
  });

  test("in a stream: words first, then each call whole", async () => {
    const { openai } = await client(`I look. ${CALL}\n${OTHER}`);
    const stream = openai.chat.completions.stream({
      model: "tiny",
      messages: [...messages],
      tools: [...tools],
      temperature: 0,
    });
    const { choices } = await stream.finalChatCompletion();
    expect(choices[0]?.message.content).toBe("I look. ");
    expect(
      choices[0]?.message.tool_calls?.map((call) => call.type === "function" && call.function),
    ).toMatchObject([
      { name: "weather", arguments: '{"city":"Köln"}' },
      { name: "time", arguments: "{}" },
    ]);
    expect(choices[0]?.finish_reason).toBe("tool_calls");
  });

  test("reads the tools, earlier calls and their results", async () => {
    const { url } = await client("yes");
    const call = { id: "1", type: "function", function: { name: "weather", arguments: '{"city":"Köln"}' } };
    const answered = await post(`${url}/apply-template`, {
      model: "tiny",
      messages: [
        ...messages,
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: "rain" },
      ],
    });
    const { prompt } = (await answered.json()) as { prompt: string };
    expect(prompt).toBe(
      'user:How is it?/assistant:[{"name":"weather","arguments":{"city":"Köln"}}]/tool:rain|',
    );
  });

  test("doesn't call where it is told not to", async () => {
    const { openai } = await client(CALL);
    const { choices } = await openai.chat.completions.create({
      model: "tiny",
      messages: [...messages],
      tools: [...tools],
      tool_choice: "none",
      temperature: 0,
    });
    expect(choices[0]?.message).toMatchObject({ content: CALL });
  });
});

describe("a call that is asked for", () => {
  const city = { type: "object", properties: { city: { enum: ["Köln", "Rom"] } }, required: ["city"] };
  const time = { type: "object", properties: { zone: { $ref: "#/$defs/zone" } }, required: ["zone"] };
  const offered = [
    { type: "function", function: { name: "weather", strict: true, parameters: city } },
    {
      type: "function",
      function: { name: "time", parameters: { ...time, $defs: { zone: { enum: ["CET", "UTC"] } } } },
    },
  ] as const;
  const ask = (openai: OpenAI, fields: object) =>
    openai.chat.completions.create({
      model: "tiny",
      messages: [...messages],
      tools: structuredClone(offered) as unknown as OpenAI.ChatCompletionTool[],
      temperature: 0,
      ...fields,
    });
  const calls = ({ choices: [choice] }: OpenAI.ChatCompletion) => {
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(choice?.message.content).toBeNull();
    return choice?.message.tool_calls?.map((call) => call.type === "function" && call.function);
  };

  test("is made by a model that would rather talk", async () => {
    const { openai } = await client("I don't know.");
    const answer = await ask(openai, { tool_choice: "required", max_tokens: 800 });
    const [call] = calls(answer) as { name: string; arguments: string }[];
    expect(["weather", "time"]).toContain(call?.name);
    expect(answer.choices).toHaveLength(1);
  });

  test("is the model's own where that fits, in several answers at once and in a stream", async () => {
    const { openai } = await client(CALL);
    const answer = await ask(openai, { tool_choice: "required", n: 2 });
    for (const choice of answer.choices)
      expect(calls({ ...answer, choices: [choice] })).toEqual([
        { name: "weather", arguments: '{"city":"Köln"}' },
      ]);
    const stream = openai.chat.completions.stream({
      model: "tiny",
      messages: [...messages],
      tools: structuredClone(offered) as unknown as OpenAI.ChatCompletionTool[],
      tool_choice: "required",
      temperature: 0,
    });
    expect(calls(await stream.finalChatCompletion())).toMatchObject([{ name: "weather" }]);
  });

  test("is one of the function that was named, its schema's references included", async () => {
    const { openai } = await client(CALL);
    const tool_choice = { type: "function", function: { name: "time" } };
    const [call] = calls(await ask(openai, { tool_choice })) as { name: string; arguments: string }[];
    expect(call?.name).toBe("time");
    expect(["CET", "UTC"]).toContain(JSON.parse(call?.arguments ?? "").zone);
  });

  test("that is cut off is shown as far as it came", async () => {
    const { openai } = await client(CALL);
    const { choices } = await ask(openai, { tool_choice: "required", max_tokens: 10 });
    expect(choices[0]).toMatchObject({
      finish_reason: "length",
      message: { content: '<tool_call>\n{"name": "' },
    });
  });

  test.each([
    [
      "a name that no tool has",
      { tool_choice: { type: "function", function: { name: "no" } } },
      "tool_choice.function.name",
    ],
    [
      "a form beside it",
      { tool_choice: "required", response_format: { type: "json_object" } },
      "response_format",
    ],
    ["a recipe beside it", { tool_choice: "required", logitbook: { recipe: { method: "greedy" } } }, "tools"],
    ["no tools", { tool_choice: "required", tools: undefined }, "tool_choice"],
    ["strict arguments where nothing is asked for", {}, "tools[0].function.strict"],
    [
      "arguments that can't be held to their schema",
      {
        tool_choice: "required",
        tools: [{ type: "function", function: { name: "a", parameters: { properties: 3 } } }],
      },
      "tools",
    ],
  ])("is refused with %s", async (_, fields, param) => {
    const { openai } = await client(CALL);
    await expect(ask(openai, { temperature: undefined, ...fields })).rejects.toMatchObject({
      status: 400,
      param,
    });
  });
});

test.each([
  ["tools", { tools }, "tools"],
  [
    "a tool's result",
    { messages: [...messages, { role: "tool", tool_call_id: "1", content: "rain" }] },
    "messages[1].role",
  ],
])("a model without such a template refuses %s", async (_, fields, param) => {
  const { url } = await client("yes");
  const answer = await post(`${url}/v1/chat/completions`, { model: "plain", messages, ...fields });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { param, message: expect.stringContaining("no place for tools") },
  });
});

describe("the filter", () => {
  test("gives the same however the text is cut, and loses nothing", () => {
    const parts = fc.array(
      fc.constantFrom(
        CALL,
        OTHER,
        "<tool",
        "_call>",
        "</tool_call>",
        "a",
        " \n",
        "<tool_call>{</tool_call>",
        "ü",
      ),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (pieces, lengths) => {
        const text = pieces.join("");
        const whole = toolCallFilter();
        const [first, last] = [whole.push(text), whole.flush()];
        const cut = toolCallFilter();
        const seen = { text: "", calls: [] as unknown[] };
        for (let at = 0; at < text.length; ) {
          const length = lengths.next().value;
          const { text: shown, calls } = cut.push(text.slice(at, at + length));
          seen.text += shown;
          seen.calls.push(...calls);
          at += length;
        }
        const { text: shown, calls } = cut.flush();
        expect(seen.calls.concat(calls)).toEqual([...first.calls, ...last.calls]);
        expect(seen.text + shown).toBe(first.text + last.text);
      }),
    );
  });

  test("shows what looks like a call but can't be read", () => {
    const filter = toolCallFilter();
    expect(filter.push("<tool_call>{</tool_call>")).toEqual({ text: "<tool_call>{</tool_call>", calls: [] });
    expect(filter.push("<tool_call>{ne")).toEqual({ text: "", calls: [] });
    expect(filter.flush()).toEqual({ text: "<tool_call>{ne", calls: [] });
  });
});

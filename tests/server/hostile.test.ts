import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { errorOf, post, serve } from "./support.js";

const ROUTES = [
  "/v1/completions",
  "/v1/chat/completions",
  "/tokenize",
  "/detokenize",
  "/apply-template",
  "/predict",
  "/api/next",
  "/api/generate",
];

const good = { model: "tiny", prompt: "a|", messages: [{ role: "user", content: "a" }], temperature: 0 };

/** Bodies near a good one: some fields of other kinds, some missing, some made up. */
const bodies = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc
    .dictionary(
      fc.constantFrom(
        "model",
        "prompt",
        "messages",
        "temperature",
        "n",
        "stop",
        "stream",
        "logitbook",
        "tokens",
        "content",
        "recipe",
        "max_tokens",
        "tools",
        "response_format",
        "logit_bias",
        "__proto__",
        "constructor",
      ),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 4 },
    )
    .map((fields) => ({ ...good, ...fields })),
);

test("whatever JSON comes, the answer is one of the protocol's, and never the server's own failure", async () => {
  const failures: unknown[] = [];
  const { url } = await serve([byteModel("tiny", "yes")], { onError: (error) => failures.push(error) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROUTES), bodies, async (route, body) => {
      const answer = await post(`${url}${route}`, body);
      expect([200, 400, 404, 422]).toContain(answer.status);
      if (answer.status === 200) await answer.arrayBuffer();
      else await errorOf(answer);
    }),
    { numRuns: 400 },
  );
  expect(failures).toEqual([]);
});

function heldTo(schema: object) {
  return { response_format: { type: "json_schema", json_schema: { name: "x", schema } } };
}

describe("each of these gets its status and names its field", () => {
  const chat = { model: "tiny", messages: [{ role: "user", content: "a" }] };
  const completion = { model: "tiny", prompt: "a|" };
  test.each<[string, unknown, number, string | null]>([
    ["/v1/chat/completions", "{", 400, null],
    ["/v1/chat/completions", "[]", 400, null],
    ["/v1/chat/completions", "null", 400, null],
    ["/v1/chat/completions", '{"__proto__": {"admin": true}, "model": "tiny"}', 400, "__proto__"],
    ["/v1/chat/completions", { ...chat, messages: [] }, 400, "messages"],
    [
      "/v1/chat/completions",
      { ...chat, messages: [{ role: "king", content: "a" }] },
      400,
      "messages[0].role",
    ],
    [
      "/v1/chat/completions",
      { ...chat, messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      400,
      "messages[0].content",
    ],
    ["/v1/chat/completions", { ...chat, messages: [{ role: "user" }] }, 400, "messages[0].content"],
    [
      "/v1/chat/completions",
      { ...chat, messages: [{ role: "user", content: "a", name: "x" }] },
      400,
      "messages[0].name",
    ],
    ["/v1/chat/completions", { ...chat, max_tokens: 0 }, 400, "max_tokens"],
    ["/v1/chat/completions", { ...chat, max_tokens: 1e9 }, 400, "max_tokens"],
    ["/v1/chat/completions", { ...chat, max_completion_tokens: 5000 }, 400, "max_completion_tokens"],
    ["/v1/chat/completions", { ...chat, max_tokens: 1, max_completion_tokens: 1 }, 400, "max_tokens"],
    ["/v1/chat/completions", { ...chat, n: 0 }, 400, "n"],
    ["/v1/chat/completions", { ...chat, n: 100 }, 400, "n"],
    ["/v1/chat/completions", { ...chat, top_p: 1.5 }, 400, "top_p"],
    ["/v1/chat/completions", { ...chat, stop: [""] }, 400, "stop[0]"],
    ["/v1/chat/completions", { ...chat, seed: -1 }, 400, "seed"],
    ["/v1/chat/completions", { ...chat, top_logprobs: 2 }, 400, "top_logprobs"],
    ["/v1/chat/completions", { ...chat, logprobs: true, top_logprobs: 21 }, 400, "top_logprobs"],
    ["/v1/chat/completions", { ...chat, stream_options: { include_usage: true } }, 400, "stream_options"],
    ["/v1/chat/completions", { ...chat, logit_bias: { 99999: 1 } }, 400, "logit_bias"],
    ["/v1/chat/completions", { ...chat, logit_bias: { x: 1 } }, 400, "logit_bias.x"],
    ["/v1/chat/completions", { ...chat, store: true }, 400, "store"],
    ["/v1/chat/completions", { ...chat, tool_choice: "required" }, 400, "tool_choice"],
    ["/v1/chat/completions", { ...chat, ...heldTo({ $ref: "#" }) }, 400, "response_format"],
    ["/v1/chat/completions", { ...chat, stream: true, ...heldTo({ $ref: "#" }) }, 400, "response_format"],
    ["/v1/chat/completions", { ...chat, ...heldTo({ anyOf: [{ $ref: "#" }] }) }, 400, "response_format"],
    [
      "/v1/chat/completions",
      { ...chat, logitbook: { recipe: { method: "gredy" } } },
      400,
      "logitbook.recipe.method",
    ],
    [
      "/v1/chat/completions",
      { ...chat, temperature: 1, logitbook: { recipe: { method: "greedy" } } },
      400,
      "temperature",
    ],
    [
      "/v1/chat/completions",
      { ...chat, logitbook: { recipe: { method: "beam", numBeams: 500 } } },
      400,
      "logitbook.recipe.numBeams",
    ],
    [
      "/v1/chat/completions",
      { ...chat, messages: [{ role: "user", content: "a".repeat(600) }] },
      400,
      "messages",
    ],
    ["/v1/completions", { ...completion, prompt: "" }, 400, "prompt"],
    ["/v1/completions", { ...completion, prompt: [] }, 400, "prompt"],
    ["/v1/completions", { ...completion, prompt: [1, 2, 999] }, 400, "prompt"],
    ["/v1/completions", { ...completion, prompt: "a".repeat(513) }, 400, "prompt"],
    ["/v1/completions", { ...completion, suffix: "x" }, 400, "suffix"],
    ["/v1/completions", { ...completion, best_of: 2 }, 400, "best_of"],
    ["/v1/completions", { ...completion, max_tokens: 0 }, 400, "max_tokens"],
    ["/v1/completions", { ...completion, model: "huge" }, 404, "model"],
    [
      "/v1/completions",
      { ...completion, logprobs: 2, logitbook: { recipe: { method: "beam", numBeams: 2 } } },
      400,
      "logprobs",
    ],
    [
      "/v1/completions",
      {
        ...completion,
        logitbook: {
          recipe: {
            method: "greedy",
            processors: [
              { type: "suppressTokens", tokens: Array.from({ length: 258 }, (_, token) => token) },
            ],
          },
        },
      },
      422,
      null,
    ],
    ["/detokenize", { model: "tiny", tokens: [999] }, 400, "tokens"],
    ["/api/generate", { model: "tiny", recipe: { method: "greedy" } }, 400, "prompt"],
    [
      "/api/generate",
      { model: "tiny", prompt: "a", recipe: { method: "greedy" }, target: "b" },
      400,
      "target",
    ],
    ["/api/next", { model: "tiny", prompt: "a", recipe: { method: "beam", numBeams: 2 } }, 400, "method"],
    [
      "/api/beams",
      { model: "tiny", prompt: "a", recipe: { method: "beam", numBeams: 500 } },
      400,
      "recipe.numBeams",
    ],
    [
      "/api/chat",
      { model: "tiny", turns: [{ role: "user", content: "a" }], recipe: { method: "beam", numBeams: 500 } },
      400,
      "recipe.numBeams",
    ],
    ["/v1/completions", { model: "tiny", prompt: new Array(40).fill("a") }, 400, "prompt"],
    ["/nowhere", {}, 404, null],
  ])("%s %j", async (route, body, status, param) => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    const answer = await post(`${url}${route}`, body);
    const error = await errorOf(answer);
    expect([answer.status, error.param]).toEqual([status, param]);
  });

  test("a key that is no token id is told the rule for keys", async () => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    const error = await errorOf(await post(`${url}/v1/chat/completions`, { ...chat, logit_bias: { x: 1 } }));
    expect(error.message).toBe('`logit_bias.x` must be numbers by token ids, such as {"50": -100}, but is 1');
  });
});

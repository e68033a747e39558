import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { post, serve } from "./support.js";

const messages = [{ role: "user", content: "a" }];
const greedy = { method: "greedy", maxNewTokens: 2 };
const calls = {
  "/v1/completions": { prompt: "a|", temperature: 0 },
  "/v1/chat/completions": { messages, temperature: 0 },
  "/tokenize": { content: "a" },
  "/detokenize": { tokens: [97] },
  "/apply-template": { messages },
  "/api/next": { prompt: "a", recipe: greedy },
  "/api/generate": { prompt: "a", recipe: greedy },
  "/api/beams": { prompt: "a", recipe: { method: "beam", numBeams: 2, maxNewTokens: 2 } },
  "/api/score": { prompt: "a", target: "b" },
  "/api/chat": { turns: messages, recipe: greedy },
};

describe("a request that names no model", () => {
  test("is for the only one that is served, on every route", async () => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    for (const [route, body] of Object.entries(calls)) {
      const [without, given] = [await post(`${url}${route}`, body), { ...body, model: "tiny" }];
      expect([route, without.status]).toEqual([route, 200]);
      const volatile = /"(id|created|cached\w*|\w*seconds)":("[^"]*"|[\d.e-]+)/gi;
      const same = (text: string) => text.replace(volatile, "");
      const named = await (await post(`${url}${route}`, given)).text();
      expect(same(await without.text())).toBe(same(named));
    }
    const chat = await post(`${url}/v1/chat/completions`, { ...calls["/v1/chat/completions"], model: null });
    expect(await chat.json()).toMatchObject({ model: "tiny" });
  });

  test("is told of the choice where there are several", async () => {
    const { url } = await serve([byteModel("tiny", "yes"), byteModel("other", "no")]);
    for (const [route, body] of Object.entries(calls)) {
      const answer = await post(`${url}${route}`, body);
      expect([route, answer.status]).toEqual([route, 400]);
      expect(await answer.json()).toMatchObject({
        error: { param: "model", message: "`model` must be one of `tiny`, `other`, but is missing" },
      });
    }
  });
});

describe("a method that a path is not served for", () => {
  test.each([
    ["GET", "/v1/completions", "POST"],
    ["GET", "/v1/chat/completions", "POST"],
    ["DELETE", "/tokenize", "POST"],
    ["PUT", "/api/generate", "POST"],
    ["POST", "/v1/models", "GET, HEAD"],
    ["POST", "/v1/models/owner/name", "GET, HEAD"],
    ["DELETE", "/health", "GET, HEAD"],
    ["PATCH", "/", "GET, HEAD"],
  ])("%s %s is a 405 that allows %s", async (method, route, allow) => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    const answer = await fetch(`${url}${route}`, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    expect(await answer.json()).toMatchObject({ error: { code: "method_not_allowed" } });
  });

  test("is no news on a path that isn't there", async () => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    for (const method of ["GET", "POST", "DELETE"]) {
      const answer = await fetch(`${url}/nowhere`, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([404, null]);
    }
    expect((await fetch(`${url}/health`, { method: "HEAD" })).status).toBe(200);
  });
});

test.each([
  ["/chat/completions", "did you mean /v1/chat/completions?"],
  ["/v1/chat/completion", "did you mean /v1/chat/completions?"],
  ["/detokenise", "did you mean /detokenize?"],
  ["/v1/embeddings", "/openapi.json lists what there is"],
])("a path that isn't there, %s, is told the way: %s", async (path, hint) => {
  const { url } = await serve([byteModel("tiny", "yes")]);
  const { error } = (await (await post(`${url}${path}`, {})).json()) as { error: { message: string } };
  expect(error.message).toBe(`there is no POST ${path} here: ${hint}`);
});

describe("/apply-template with tools", () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
  const ask = async (takesTools: boolean, fields: object) => {
    const { url } = await serve([byteModel("tiny", "yes", { tools: takesTools })]);
    return post(`${url}/apply-template`, { messages, ...fields });
  };

  test("writes them down as a chat does", async () => {
    const { prompt } = (await (await ask(true, { tools })).json()) as { prompt: string };
    expect(prompt).toBe('[{"name":"weather","parameters":{"type":"object"}}]/user:a|');
    expect(await (await ask(true, { tools: [] })).json()).toEqual({ prompt: "user:a|" });
  });

  test.each([
    ["where the template has no place for them", false, tools, "tools"],
    ["that are none", true, [{ type: "function" }], "tools[0].function"],
    [
      "that are to be held to a schema",
      true,
      [{ type: "function", function: { name: "weather", strict: true } }],
      "tools[0].function.strict",
    ],
  ])("refuses tools %s", async (_, takesTools, given, param) => {
    const answer = await ask(takesTools, { tools: given });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param } });
  });
});

import { expect, test } from "vitest";
import { createApp, ModelPool } from "../../lib/server/index.js";
import { byteModel } from "./byteModel.js";
import { serve } from "./support.js";

interface Document {
  readonly paths: Record<string, object>;
  readonly components: {
    readonly schemas: {
      readonly ApplyTemplateRequest: { readonly properties: Record<string, object> };
      readonly ChatCompletionRequest: {
        readonly additionalProperties: unknown;
        readonly required: string[];
        readonly properties: Record<string, { description?: string }>;
      };
    };
  };
}

test("the document lists every route, with the fields that its requests have", async () => {
  const { url } = await serve([byteModel("tiny", "x")]);
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const { hono } = createApp({
    pool: new ModelPool({ models: { tiny: { open: async () => byteModel("tiny", "x") } } }),
  });
  const routed = hono.routes
    .filter(({ method }) => method !== "ALL")
    // The playground's page is files, no interface.
    .filter(({ path }) => path !== "/" && !path.startsWith("/assets/"))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}")}`);
  expect(documented.sort()).toEqual([...new Set(routed)].sort());
  expect(Object.keys(document.components.schemas.ApplyTemplateRequest.properties)).toContain("tools");
  const chat = document.components.schemas.ChatCompletionRequest;
  expect(chat.additionalProperties).toBe(false);
  expect(chat.required).toEqual(["messages"]);
  expect(Object.keys(chat.properties)).toEqual(expect.arrayContaining(["stop", "logitbook", "top_logprobs"]));
  expect(chat.properties.temperature?.description).toContain("0 takes the likeliest token");
});

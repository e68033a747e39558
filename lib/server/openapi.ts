import type { Hono } from "hono";
import { z } from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { beamsRequest } from "./api/beams.js";
import { conversationRequest } from "./api/chat.js";
import { generateRequest } from "./api/generate.js";
import { nextRequest } from "./api/next.js";
import { remoteChatRequest } from "./api/remoteChat.js";
import { travelRequest } from "./api/runs.js";
import { scoreRequest } from "./api/score.js";
import { chatRequest } from "./openai/chatRequest.js";
import { completionRequest } from "./openai/completionRequest.js";
import { predictRequest, predictResponse } from "./routes/predict.js";
import { detokenizeRequest, templateRequest, tokenizeRequest } from "./routes/tokenize.js";

const errorBody = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().describe("The field at fault."),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: "Error" });

const usage = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: z.object({ cached_tokens: z.int().describe("Those that the prefix cache held.") }),
  })
  .meta({ id: "Usage" });

const completion = z
  .looseObject({ id: z.string(), object: z.string(), created: z.int(), model: z.string(), usage })
  .describe("As OpenAI's API answers; in events with `stream`.");

const model = z.looseObject({ id: z.string(), object: z.literal("model") });
const plain = z.looseObject({});

interface Route {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly request?: z.ZodType;
  /** The answer, by its media type. */
  readonly answer: Readonly<Record<string, z.ZodType>>;
}

const json = (schema: z.ZodType) => ({ "application/json": schema });
const events = { "text/event-stream": z.string() };

const routes: readonly Route[] = [
  { method: "get", path: "/health", summary: "Whether requests are answered at once.", answer: json(plain) },
  {
    method: "get",
    path: "/metrics",
    summary: "Counts for Prometheus.",
    answer: { "text/plain": z.string() },
  },
  { method: "get", path: "/openapi.json", summary: "This document.", answer: json(plain) },
  {
    method: "get",
    path: "/v1/models",
    summary: "The models on offer.",
    answer: json(z.object({ object: z.literal("list"), data: z.array(model) })),
  },
  { method: "get", path: "/v1/models/{name}", summary: "One model.", answer: json(model) },
  {
    method: "post",
    path: "/v1/completions",
    summary: "Continues texts.",
    request: completionRequest,
    answer: { ...json(completion), ...events },
  },
  {
    method: "post",
    path: "/v1/chat/completions",
    summary: "Answers a conversation.",
    request: chatRequest,
    answer: { ...json(completion), ...events },
  },
  {
    method: "post",
    path: "/tokenize",
    summary: "The tokens of a text.",
    request: tokenizeRequest,
    answer: json(z.object({ tokens: z.array(z.union([z.int(), plain])) })),
  },
  {
    method: "post",
    path: "/detokenize",
    summary: "The text of tokens.",
    request: detokenizeRequest,
    answer: json(z.object({ content: z.string() })),
  },
  {
    method: "post",
    path: "/apply-template",
    summary: "A conversation as the model's chat template writes it down.",
    request: templateRequest,
    answer: json(z.object({ prompt: z.string() })),
  },
  {
    method: "post",
    path: "/predict",
    summary: "Continues texts, in EIR's shape.",
    request: predictRequest,
    answer: json(predictResponse),
  },
  { method: "get", path: "/info", summary: "What /predict takes and gives.", answer: json(plain) },
  {
    method: "get",
    path: "/api/models",
    summary: "The models on offer, and which are open.",
    answer: json(plain),
  },
  { method: "get", path: "/api/models/{name}", summary: "What a model is; opens it.", answer: json(plain) },
  {
    method: "get",
    path: "/api/recipe-schema",
    summary: "The JSON Schema of the recipes that this server runs.",
    answer: json(plain),
  },
  {
    method: "post",
    path: "/api/next",
    summary: "The trace of the next token.",
    request: nextRequest,
    answer: json(plain),
  },
  {
    method: "post",
    path: "/api/generate",
    summary: "Decodes as a recipe says: events prompt, text, beams and end.",
    request: generateRequest,
    answer: events,
  },
  {
    method: "post",
    path: "/api/beams",
    summary: "Searches with beams: events step and end.",
    request: beamsRequest,
    answer: events,
  },
  {
    method: "post",
    path: "/api/score",
    summary: "What a model thinks of a target after a prompt.",
    request: scoreRequest,
    answer: json(plain),
  },
  {
    method: "get",
    path: "/api/corpora",
    summary: "The sets of examples that are here.",
    answer: json(plain),
  },
  {
    method: "get",
    path: "/api/corpora/{name}/{index}",
    summary: "One example of a set; `?split=` names one of its splits.",
    answer: json(plain),
  },
  {
    method: "get",
    path: "/api/runs",
    summary: "Training runs, their curves and samples.",
    answer: json(plain),
  },
  {
    method: "post",
    path: "/api/travel",
    summary: "The same prompt and seed at every checkpoint of a run, in events.",
    request: travelRequest,
    answer: events,
  },
  {
    method: "post",
    path: "/api/chat",
    summary: "Answers a conversation: events prompt, text and end.",
    request: conversationRequest,
    answer: events,
  },
  {
    method: "post",
    path: "/api/remote-chat",
    summary: "Has another engine answer a conversation: events text and end.",
    request: remoteChatRequest,
    answer: events,
  },
  {
    method: "get",
    path: "/api/page",
    summary: "What the playground's page is called, and its rooms.",
    answer: json(plain),
  },
];

/** GET /openapi.json: the routes of the server, from the schemas that read their requests. */
export function addOpenApi(app: Hono): void {
  let document: ReturnType<typeof createDocument> | undefined;
  app.get("/openapi.json", (c) => {
    document ??= createDocument({
      openapi: "3.1.0",
      info: { title: "Logitbook", version: "0.1.0", description: "Language models one token at a time." },
      paths: paths(),
    });
    return c.json(document);
  });
}

function paths(): ZodOpenApiPathsObject {
  const found: ZodOpenApiPathsObject = {};
  for (const { method, path, summary, request, answer } of routes) {
    const content = Object.fromEntries(Object.entries(answer).map(([type, schema]) => [type, { schema }]));
    found[path] = {
      [method]: {
        summary,
        ...(path.includes("{name}") && { requestParams: { path: z.object({ name: z.string() }) } }),
        ...(request && {
          requestBody: { required: true, content: { "application/json": { schema: request } } },
        }),
        responses: {
          "200": { description: "The answer.", content },
          default: { description: "An error.", content: { "application/json": { schema: errorBody } } },
        },
      },
    };
  }
  return found;
}

import type { Hono } from "hono";
import { OptionError } from "../../core/errors.js";
import type { CompleteRecipe } from "../../decoding/index.js";
import type { Limits, ServerContext } from "../context.js";
import { runJob } from "../job.js";
import { blameForm, formOf } from "../openai/answerForm.js";
import { chat } from "../openai/chat.js";
import { joinChat } from "../openai/chatChunks.js";
import { type ChatRequest, chatRequest } from "../openai/chatRequest.js";
import { assertSequences } from "../openai/sequenceCount.js";
import { toRecipe } from "../openai/toRecipe.js";
import { readModelBody } from "../readModelBody.js";
import { readerOf } from "../sse.js";
import { answer, assertStreaming, choiceProtocol } from "./answer.js";

/** POST /v1/chat/completions: answers conversations. */
export function addChat(app: Hono, context: ServerContext): void {
  app.post("/v1/chat/completions", async (c) => {
    const started = context.now();
    const request = await readModelBody(c, chatRequest, context);
    assertHonoured(request);
    const { limits, createSeed } = context;
    const recipe = recipeOf(request, limits, createSeed);
    assertSequences(recipe, 1, limits);
    const { abort, signal } = readerOf(c);
    const events = runJob(context, request.model, signal, (job) =>
      chat(context, job, request, recipe, started),
    );
    return answer(c, context, request, events, abort, protocol);
  });
}

/** @throws OptionError as `toRecipe`, and for a form that answers can't be held to */
function recipeOf(request: ChatRequest, limits: Limits, createSeed: () => number): CompleteRecipe {
  const form = formOf(request);
  try {
    return toRecipe(request, limits, limits.maxTokens, createSeed, form);
  } catch (error) {
    throw blameForm(error, request);
  }
}

/** @throws OptionError for fields that contradict each other, or that no model here can honour */
function assertHonoured(request: ChatRequest): void {
  assertStreaming(request);
  const { logprobs, top_logprobs, max_tokens, max_completion_tokens } = request;
  if ((top_logprobs ?? null) !== null && !logprobs) {
    throw new OptionError("top_logprobs", top_logprobs, "left out without `logprobs`");
  }
  if ((max_tokens ?? null) !== null && (max_completion_tokens ?? null) !== null) {
    throw new OptionError("max_tokens", max_tokens, "left out beside `max_completion_tokens`");
  }
}

const protocol = choiceProtocol(
  { prefix: "chatcmpl", object: "chat.completion", chunkObject: "chat.completion.chunk" },
  joinChat,
);

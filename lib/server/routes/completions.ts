import type { Hono } from "hono";
import { OptionError } from "../../core/errors.js";
import type { CompleteRecipe } from "../../decoding/index.js";
import type { ServerContext } from "../context.js";
import { runJob } from "../job.js";
import { complete } from "../openai/completion.js";
import { joinChunks } from "../openai/completionChunks.js";
import { type CompletionRequest, completionRequest } from "../openai/completionRequest.js";
import { assertSequences } from "../openai/sequenceCount.js";
import { toRecipe } from "../openai/toRecipe.js";
import { readModelBody } from "../readModelBody.js";
import { readerOf } from "../sse.js";
import { answer, assertStreaming, choiceProtocol } from "./answer.js";

const DEFAULT_MAX_TOKENS = 16;

/** POST /v1/completions: continues texts. */
export function addCompletions(app: Hono, context: ServerContext): void {
  app.post("/v1/completions", async (c) => {
    const started = context.now();
    const request = await readModelBody(c, completionRequest, context);
    assertStreaming(request);
    const recipe = recipeOf(request, context);
    const { abort, signal } = readerOf(c);
    const events = runJob(context, request.model, signal, (job) =>
      complete(context, job, request, recipe, started),
    );
    return answer(c, context, request, events, abort, protocol);
  });
}

/** Null where nothing is to be generated: a request that only asks for its prompt's log-probabilities. */
function recipeOf(request: CompletionRequest, context: ServerContext): CompleteRecipe | null {
  const { limits, createSeed } = context;
  if (request.max_tokens === 0) {
    if (request.echo) return null;
    throw new OptionError("max_tokens", 0, "1 or more, unless `echo` is true");
  }
  const recipe = toRecipe(request, limits, DEFAULT_MAX_TOKENS, createSeed);
  const { prompt } = request;
  assertSequences(
    recipe,
    typeof prompt === "string" || typeof prompt[0] === "number" ? 1 : prompt.length,
    limits,
  );
  return recipe;
}

const protocol = choiceProtocol(
  { prefix: "cmpl", object: "text_completion", chunkObject: "text_completion" },
  joinChunks,
);

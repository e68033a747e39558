import type { Hono } from "hono";
import { treeSteps } from "../../decoding/index.js";
import { closedObject } from "../../decoding/schema.js";
import type { ServerContext } from "../context.js";
import { type Job, runJob } from "../job.js";
import { assertMaxTokens } from "../openai/toRecipe.js";
import { readBody } from "../readBody.js";
import { eventStream, type ServerEvent } from "../sse.js";
import { type PromptRequest, promptFields, promptTokens } from "./prompt.js";

export const beamsRequest = closedObject(promptFields).meta({ id: "BeamSearchRequest" });

/**
 * POST /api/beams: searches with beams, in events.
 * - `step`: a `TreeStep`, what the step adds to the tree
 * - `end` `{ sequences }`
 */
export function addBeams(app: Hono, context: ServerContext): void {
  app.post("/api/beams", async (c) => {
    const request = await readBody(c, beamsRequest);
    assertMaxTokens(request.recipe, context.limits, "recipe.maxNewTokens");
    const abort = new AbortController();
    const signal = AbortSignal.any([c.req.raw.signal, abort.signal]);
    const events = runJob(context, request.model, signal, (job) => searched(request, job));
    return eventStream(events, { abort, onError: context.onError });
  });
}

async function* searched(request: PromptRequest, { open, signal }: Job): AsyncGenerator<ServerEvent, void> {
  const steps = treeSteps(open, promptTokens(request, open), request.recipe, { signal });
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) {
        yield { event: "end", data: { sequences: next.value } };
        return;
      }
      yield { event: "step", data: next.value };
    }
  } finally {
    await steps.return([]);
  }
}

import type { Hono } from "hono";
import { treeSteps } from "../../decoding/index.js";
import { closedObject } from "../../decoding/schema.js";
import type { ServerContext } from "../context.js";
import type { Job } from "../job.js";
import { mapped } from "../mapped.js";
import { readModelBody } from "../readModelBody.js";
import type { ServerEvent } from "../sse.js";
import { assertRecipe } from "./assertRecipe.js";
import { type PromptRequest, promptFields, promptTokens } from "./prompt.js";
import { streamJob } from "./streamJob.js";

export const beamsRequest = closedObject(promptFields).meta({ id: "BeamSearchRequest" });

/**
 * POST /api/beams: searches with beams, in events.
 * - `step`: a `TreeStep`, what the step adds to the tree
 * - `end` `{ sequences }`
 */
export function addBeams(app: Hono, context: ServerContext): void {
  app.post("/api/beams", async (c) => {
    const request = await readModelBody(c, beamsRequest, context);
    assertRecipe(request.recipe, context.limits);
    return streamJob(c, context, request.model, (job) => searched(request, job));
  });
}

async function* searched(request: PromptRequest, { open, signal }: Job): AsyncGenerator<ServerEvent, void> {
  const steps = treeSteps(open, promptTokens(request, open), request.recipe, { signal });
  const sequences = yield* mapped(steps, (data) => [{ event: "step", data }]);
  yield { event: "end", data: { sequences } };
}

import type { Hono } from "hono";
import { type TraceStep, traceSteps } from "../../decoding/index.js";
import { closedObject, countField } from "../../decoding/schema.js";
import type { ServerContext } from "../context.js";
import { type Job, runJob } from "../job.js";
import { TRACE_TOP } from "../openai/extension.js";
import { readBody } from "../readBody.js";
import { promptFields, promptTokens } from "./prompt.js";

export const nextRequest = closedObject({
  ...promptFields,
  top: countField(1).default(TRACE_TOP).describe("How many candidates to follow through the chain."),
}).meta({ id: "NextTokenRequest" });

/** POST /api/next: the trace of the one token that a recipe chooses next. */
export function addNext(app: Hono, context: ServerContext): void {
  app.post("/api/next", async (c) => {
    const request = await readBody(c, nextRequest);
    const job = runJob(context, request.model, c.req.raw.signal, (job) => firstStep(job));
    const step = await job.next();
    await job.return(undefined);
    return c.json(step.value);

    async function* firstStep({ open, signal }: Job): AsyncGenerator<TraceStep, undefined> {
      const { recipe, top } = request;
      const steps = traceSteps(open, promptTokens(request, open), recipe, { top, signal });
      try {
        const { value } = await steps.next();
        // A recipe generates one token at least.
        yield value as TraceStep;
      } finally {
        await steps.return([]);
      }
    }
  });
}

import type { Context } from "hono";
import type { ServerContext } from "../context.js";
import { type Job, runJob } from "../job.js";
import { eventStream, readerOf, type ServerEvent } from "../sse.js";

/**
 * Answers with the events of a job, once it is its turn; it ends when its reader goes away.
 * @throws as `runJob`, and what the job throws before its first event
 */
export function streamJob(
  c: Context,
  context: ServerContext,
  model: string,
  work: (job: Job) => AsyncGenerator<ServerEvent, void>,
): Promise<Response> {
  const { abort, signal } = readerOf(c);
  return eventStream(runJob(context, model, signal, work), { abort, context });
}

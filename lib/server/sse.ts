import type { Context } from "hono";
import { errorBody, toHttpError } from "./errors.js";

/** One server-sent event. */
export interface ServerEvent {
  readonly event?: string;
  /** Sent as JSON. */
  readonly data: unknown;
}

export interface EventStreamOptions {
  /** Aborted when the reader goes away: what the generator waits for has to stop by itself. */
  readonly abort: AbortController;
  /** What ends the stream, such as `[DONE]`. Default nothing. */
  readonly last?: string;
  /** Told of an error that came after the first event. */
  readonly onError: (error: unknown) => void;
}

/** The signal of a request's work: it is aborted by `abort`, and when the client goes away. */
export function readerOf(c: Context): { readonly abort: AbortController; readonly signal: AbortSignal } {
  const abort = new AbortController();
  return { abort, signal: AbortSignal.any([c.req.raw.signal, abort.signal]) };
}

/**
 * Answers with events as they come, at the pace of the reader. The first one is awaited, so that an error before it
 * still has a status of its own; a later one becomes an event, as OpenAI's clients expect it.
 * @throws what the generator throws before its first event
 */
export async function eventStream(
  events: AsyncGenerator<ServerEvent>,
  { abort, last, onError }: EventStreamOptions,
): Promise<Response> {
  const encoder = new TextEncoder();
  let first: IteratorResult<ServerEvent> | undefined = await events.next();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = first ?? (await events.next());
          first = undefined;
          if (!done) return controller.enqueue(encoder.encode(written(value)));
          if (last !== undefined) controller.enqueue(encoder.encode(`data: ${last}\n\n`));
        } catch (error) {
          // Nobody reads what is written after an abort.
          if (abort.signal.aborted) return controller.error(error);
          onError(error);
          controller.enqueue(encoder.encode(written({ data: errorBody(toHttpError(error)) })));
        }
        controller.close();
      },
      async cancel(reason) {
        abort.abort(reason);
        await events.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}

function written({ event, data }: ServerEvent): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

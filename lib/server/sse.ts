import type { Context } from "hono";
import type { ServerContext } from "./context.js";
import { errorBody, HttpError, toHttpError } from "./errors.js";
import { Patience } from "./patience.js";

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
  /** Its `onError` is told of errors that come after the first event. */
  readonly context: Pick<ServerContext, "onError" | "stallTime" | "now">;
}

const encoder = new TextEncoder();

/** Bytes of events that may wait for their reader: a chat of 4,096 tokens with 20 log-probabilities each fits. */
const READ_AHEAD = 16 * 2 ** 20;

/** The signal of a request's work: it is aborted by `abort`, and when the client goes away. */
export function readerOf(c: Context): { readonly abort: AbortController; readonly signal: AbortSignal } {
  const abort = new AbortController();
  return { abort, signal: AbortSignal.any([c.req.raw.signal, abort.signal]) };
}

/**
 * Answers with events as they come. The generator runs ahead of its reader, so that a slow one keeps nothing that others
 * wait for; where 16 MiB are unread it waits, for `stallTime` in all, and then ends with an error. The first event is
 * awaited, so that an error before it still has a status of its own; a later one becomes an event, as OpenAI's clients
 * expect it.
 * @throws what the generator throws before its first event
 */
export async function eventStream(
  events: AsyncGenerator<ServerEvent>,
  { abort, last, context }: EventStreamOptions,
): Promise<Response> {
  const { onError, stallTime, now } = context;
  let first: IteratorResult<ServerEvent> | undefined = await events.next();
  const patience = new Patience(stallTime, now);
  const end = async (reason: unknown) => {
    abort.abort(reason);
    await events.return(undefined);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        patience.resume();
        try {
          const { done, value } = first ?? (await events.next());
          first = undefined;
          if (!done) {
            controller.enqueue(written(value));
            if (isFull(controller)) patience.pause(() => giveUp(controller));
            return;
          }
          if (last !== undefined) controller.enqueue(encoded(`data: ${last}\n\n`));
        } catch (error) {
          // Nobody reads what is written after an abort.
          if (abort.signal.aborted) return controller.error(error);
          onError(error);
          controller.enqueue(written({ data: errorBody(toHttpError(error)) }));
        }
        controller.close();
      },
      async cancel(reason) {
        patience.resume();
        await end(reason);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }),
  );
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });

  function giveUp(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const message = `the answer was read too slowly: ${READ_AHEAD / 2 ** 20} MiB of it waited for ${stallTime / 1000} s`;
    const error = new HttpError(408, message, { code: "reader_too_slow" });
    controller.enqueue(written({ data: errorBody(error) }));
    controller.close();
    end(error).catch(onError);
  }
}

function isFull({ desiredSize }: ReadableStreamDefaultController): boolean {
  return desiredSize !== null && desiredSize <= 0;
}

function written({ event, data }: ServerEvent): Uint8Array {
  return encoded(`${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`);
}

function encoded(text: string): Uint8Array {
  return encoder.encode(text);
}

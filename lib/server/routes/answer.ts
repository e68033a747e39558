import type { Context } from "hono";
import { drain } from "../../core/drain.js";
import { OptionError } from "../../core/errors.js";
import type { ServerContext } from "../context.js";
import { mapped } from "../mapped.js";
import type { Usage } from "../openai/answers.js";
import type { ExtensionPart } from "../openai/extensionPart.js";
import { eventStream, type ServerEvent } from "../sse.js";

/** How a kind of completion is written down. */
export interface Protocol<Event> {
  /** What the names of its answers begin with. */
  readonly prefix: string;
  /** What an answer calls itself, whole and in pieces. */
  readonly object: string;
  readonly chunkObject: string;
  /** What an event sends in a stream: the fields of a chunk beside its head. */
  chunk(event: Event): Readonly<Record<string, unknown>>;
  /** The fields of the whole answer beside its head. */
  whole(events: readonly Event[]): Readonly<Record<string, unknown>>;
}

interface Choice {
  readonly index: number;
}

/** What a completion is made of: pieces of its answers, and steps of a beam search. */
export type AnswerEvent<Chunk extends Choice> = Chunk | { readonly logitbook: ExtensionPart };

/** A protocol whose chunks hold one piece of one answer each, put together by `join`. */
export function choiceProtocol<Chunk extends Choice>(
  names: Pick<Protocol<never>, "prefix" | "object" | "chunkObject">,
  join: (index: number, pieces: readonly Chunk[]) => Choice,
): Protocol<AnswerEvent<Chunk>> {
  return {
    ...names,
    chunk: (event) => ("index" in event ? { choices: [event] } : { choices: [], logitbook: event.logitbook }),
    whole(events) {
      const pieces = events.filter((event): event is Chunk => "index" in event);
      const beams = events.flatMap((event) => ("index" in event ? [] : (event.logitbook.beams ?? [])));
      const indexes = [...new Set(pieces.map(({ index }) => index))].sort((a, b) => a - b);
      const choices = indexes.map((index) =>
        join(
          index,
          pieces.filter((piece) => piece.index === index),
        ),
      );
      return { choices, ...(beams.length > 0 && { logitbook: { beams } }) };
    },
  };
}

interface StreamingRequest {
  readonly model: string;
  readonly stream?: boolean | null | undefined;
  readonly stream_options?: { readonly include_usage?: boolean | null | undefined } | null | undefined;
}

/** @throws OptionError for options of a stream where none is asked for */
export function assertStreaming({ stream, stream_options }: Omit<StreamingRequest, "model">): void {
  if (stream_options && !stream)
    throw new OptionError("stream_options", stream_options, "left out without `stream`");
}

/** Answers a completion whole or in events, as the request asks. */
export async function answer<Event>(
  c: Context,
  context: ServerContext,
  request: StreamingRequest,
  events: AsyncGenerator<Event, Usage>,
  abort: AbortController,
  protocol: Protocol<Event>,
): Promise<Response> {
  const { prefix, object, chunkObject } = protocol;
  const head = {
    id: `${prefix}-${context.createId()}`,
    created: Math.floor(context.now() / 1000),
    model: request.model,
  };
  if (request.stream) {
    const chunkHead = { ...head, object: chunkObject };
    const withUsage = request.stream_options?.include_usage === true;
    return eventStream(serverEvents(events, protocol, chunkHead, withUsage), {
      abort,
      last: "[DONE]",
      context,
    });
  }
  const seen: Event[] = [];
  const usage = await drain(events, (event) => void seen.push(event));
  return c.json({ ...head, object, ...protocol.whole(seen), usage });
}

/** With usage wanted, every chunk has the field, null but in the last. */
async function* serverEvents<Event>(
  events: AsyncGenerator<Event, Usage>,
  protocol: Protocol<Event>,
  head: Readonly<Record<string, unknown>>,
  withUsage: boolean,
): AsyncGenerator<ServerEvent> {
  const usage = yield* mapped(events, (event) => [
    { data: { ...head, ...protocol.chunk(event), ...(withUsage && { usage: null }) } },
  ]);
  if (withUsage) yield { data: { ...head, choices: [], usage } };
}

import type { ChoiceEvent } from "./choices.js";
import { type ExtensionPart, extensionOf, finishReasonOf } from "./completionChunks.js";
import type { TokenEntry } from "./logprobs.js";

export interface ChatLogprobs {
  readonly content: readonly TokenEntry[];
  readonly refusal: null;
}

/** A piece of an answer in the shape of /v1/chat/completions. */
export interface ChatChunk {
  readonly index: number;
  readonly delta: { readonly role?: "assistant"; readonly content?: string };
  readonly logprobs: ChatLogprobs | null;
  readonly finish_reason: "stop" | "length" | null;
  readonly logitbook?: ExtensionPart;
}

/** A whole answer in that shape. */
export interface ChatChoice {
  readonly index: number;
  readonly message: { readonly role: "assistant"; readonly content: string; readonly refusal: null };
  readonly logprobs: ChatLogprobs | null;
  readonly finish_reason: "stop" | "length" | null;
  readonly logitbook?: ExtensionPart;
}

/** The first piece of an answer says who speaks. */
export function openingChunk(index: number): ChatChunk {
  return { index, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null };
}

/** An answer's event as a piece of it; undefined for one that says nothing. */
export function chatChunk(event: ChoiceEvent & { readonly index: number }): ChatChunk | undefined {
  const { index } = event;
  if (event.kind === "end") {
    return { index, delta: {}, logprobs: null, finish_reason: finishReasonOf(event.finishReason) };
  }
  if (event.kind === "beams" || (event.text === "" && event.told.length === 0)) return undefined;
  const entries = event.told.flatMap(({ entry }) => entry ?? []);
  const logitbook = extensionOf(event.told);
  return {
    index,
    delta: { content: event.text },
    logprobs: entries.length === 0 ? null : { content: entries, refusal: null },
    finish_reason: null,
    ...(logitbook && { logitbook }),
  };
}

/** The pieces of one answer put together. */
export function joinChat(index: number, pieces: readonly ChatChunk[]): ChatChoice {
  const content = pieces.map(({ delta }) => delta.content ?? "").join("");
  const logprobs = pieces.flatMap((piece) => piece.logprobs?.content ?? []);
  const trace = pieces.flatMap(({ logitbook }) => logitbook?.trace ?? []);
  return {
    index,
    message: { role: "assistant", content, refusal: null },
    logprobs: logprobs.length === 0 ? null : { content: logprobs, refusal: null },
    finish_reason: pieces.at(-1)?.finish_reason ?? null,
    ...(trace.length > 0 && { logitbook: { trace } }),
  };
}

import type { ToolCall } from "../../core/types.js";
import type { SequenceEvent } from "./answerChunks.js";
import type { TokenDetail } from "./choices.js";
import { finishReasonOf } from "./completionChunks.js";
import { type ExtensionPart, extensionOf } from "./extensionPart.js";
import type { TokenEntry } from "./logprobs.js";
import { CALL_BEGIN, CALL_END, type ToolPiece, toolCallFilter } from "./toolCalls.js";

export interface ChatLogprobs {
  readonly content: readonly TokenEntry[];
  readonly refusal: null;
}

/** A call of a tool in a whole answer; its arguments are JSON text. */
export interface WrittenCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

type ChatFinish = "stop" | "length" | "tool_calls" | null;

/** A piece of an answer in the shape of /v1/chat/completions. */
export interface ChatChunk {
  readonly index: number;
  readonly delta: {
    readonly role?: "assistant";
    readonly content?: string;
    readonly tool_calls?: readonly (WrittenCall & { readonly index: number })[];
  };
  readonly logprobs: ChatLogprobs | null;
  readonly finish_reason: ChatFinish;
  readonly logitbook?: ExtensionPart;
}

/** A whole answer in that shape. */
export interface ChatChoice {
  readonly index: number;
  readonly message: {
    readonly role: "assistant";
    readonly content: string | null;
    readonly refusal: null;
    readonly tool_calls?: readonly WrittenCall[];
  };
  readonly logprobs: ChatLogprobs | null;
  readonly finish_reason: ChatFinish;
  readonly logitbook?: ExtensionPart;
}

/** How calls of tools are written down. */
export interface ToolWriting {
  /** Names each call. */
  readonly createId: () => string;
  /** The answer is the JSON of a call, which the prompt has begun. */
  readonly forced: boolean;
}

/**
 * Writes one answer down, event by event. The first piece says who speaks.
 * @param tools undefined where none were offered
 */
export function chatWriter(index: number, tools?: ToolWriting): (event: SequenceEvent) => ChatChunk[] {
  const filter = tools && toolCallFilter();
  if (tools?.forced) filter?.push(CALL_BEGIN);
  let begun = false;
  let called = 0;

  function pieceOf({ text, calls }: ToolPiece, told: readonly TokenDetail[] = []): ChatChunk[] {
    if (text === "" && calls.length === 0 && told.length === 0) return [];
    const entries = told.flatMap(({ entry }) => entry ?? []);
    const logitbook = extensionOf(told);
    const written = calls.map((call) => ({
      index: called++,
      ...writtenCall(call, (tools as ToolWriting).createId),
    }));
    return [
      {
        index,
        delta: {
          ...((text !== "" || calls.length === 0) && { content: text }),
          ...(calls.length > 0 && { tool_calls: written }),
        },
        logprobs: entries.length === 0 ? null : { content: entries, refusal: null },
        finish_reason: null,
        ...(logitbook && { logitbook }),
      },
    ];
  }

  return (event) => {
    const opening: ChatChunk[] = begun
      ? []
      : [{ index, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null }];
    begun = true;
    if (event.kind === "text") {
      const piece = filter ? filter.push(event.text) : { text: event.text, calls: [] };
      return [...opening, ...pieceOf(piece, event.told)];
    }
    const end = tools?.forced && event.finishReason === "stop" ? CALL_END : "";
    const rest = filter ? [...pieceOf(filter.push(end)), ...pieceOf(filter.flush())] : [];
    const finish_reason = called > 0 ? "tool_calls" : finishReasonOf(event.finishReason);
    return [...opening, ...rest, { index, delta: {}, logprobs: null, finish_reason }];
  };
}

/** The pieces of one answer put together. */
export function joinChat(index: number, pieces: readonly ChatChunk[]): ChatChoice {
  const content = pieces.map(({ delta }) => delta.content ?? "").join("");
  const calls = pieces.flatMap(({ delta }) => delta.tool_calls ?? []).map(({ index: _, ...call }) => call);
  const logprobs = pieces.flatMap((piece) => piece.logprobs?.content ?? []);
  const trace = pieces.flatMap(({ logitbook }) => logitbook?.trace ?? []);
  return {
    index,
    message: {
      role: "assistant",
      content: content === "" && calls.length > 0 ? null : content,
      refusal: null,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    logprobs: logprobs.length === 0 ? null : { content: logprobs, refusal: null },
    finish_reason: pieces.at(-1)?.finish_reason ?? null,
    ...(trace.length > 0 && { logitbook: { trace } }),
  };
}

function writtenCall({ name, arguments: given }: ToolCall, createId: () => string): WrittenCall {
  return { id: `call_${createId()}`, type: "function", function: { name, arguments: JSON.stringify(given) } };
}

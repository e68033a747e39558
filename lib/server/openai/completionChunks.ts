import type { OpenModel, Tokens } from "../../core/types.js";
import type { FinishReason, TraceStep } from "../../decoding/index.js";
import type { DrawnBeamStep } from "../beamJson.js";
import type { SequenceEvent } from "./answerChunks.js";
import type { TokenDetail } from "./choices.js";
import {
  type CompletionLogprobs,
  completionLogprobs,
  joinLogprobs,
  promptLogprobs,
} from "./completionLogprobs.js";

/** A piece of an answer in the shape of /v1/completions, or a whole one. */
export interface CompletionChunk {
  readonly index: number;
  readonly text: string;
  readonly logprobs: CompletionLogprobs | null;
  readonly finish_reason: "stop" | "length" | null;
  readonly logitbook?: ExtensionPart;
}

/** What Logitbook's own field says of a piece of an answer. */
export interface ExtensionPart {
  /** How each of its tokens came about. */
  readonly trace?: readonly TraceStep[];
  /** The frontier of a beam search after one step. */
  readonly beams?: DrawnBeamStep;
}

/** The protocol knows no time limit: it counts as a length. */
export function finishReasonOf(reason: FinishReason): "stop" | "length" {
  return reason === "stop" ? "stop" : "length";
}

/** The trace of a piece's tokens; undefined where none was asked for. */
export function extensionOf(told: readonly TokenDetail[]): ExtensionPart | undefined {
  const trace = told.flatMap((detail) => (detail.trace === undefined ? [] : [detail.trace]));
  return trace.length === 0 ? undefined : { trace };
}

/**
 * The answer's events as pieces of it; undefined for one that says nothing.
 * @param offset how many characters of the answer its prompt takes up
 */
export function completionChunk(event: SequenceEvent, offset: number): CompletionChunk | undefined {
  const { index } = event;
  if (event.kind === "end") {
    return { index, text: "", logprobs: null, finish_reason: finishReasonOf(event.finishReason) };
  }
  const { text, told, offsets } = event;
  const entries = told.flatMap(({ entry }) => entry ?? []);
  const logitbook = extensionOf(told);
  if (text === "" && told.length === 0) return undefined;
  return {
    index,
    text,
    logprobs:
      entries.length === 0
        ? null
        : completionLogprobs(
            entries,
            offsets.map((at) => offset + at),
          ),
    finish_reason: null,
    ...(logitbook && { logitbook }),
  };
}

/** The prompt as the first piece of an answer that echoes it. */
export async function echoChunk(
  open: OpenModel,
  prompt: Tokens,
  top: number | undefined,
  signal: AbortSignal,
): Promise<Omit<CompletionChunk, "index">> {
  const logprobs = top === undefined ? null : await promptLogprobs(open, prompt, top, signal);
  return { text: open.tokenizer.decode(prompt), logprobs, finish_reason: null };
}

/** The pieces of one answer put together. */
export function joinChunks(index: number, pieces: readonly CompletionChunk[]): CompletionChunk {
  const logprobs = pieces.flatMap((piece) => piece.logprobs ?? []);
  const trace = pieces.flatMap(({ logitbook }) => logitbook?.trace ?? []);
  return {
    index,
    text: pieces.map(({ text }) => text).join(""),
    logprobs: logprobs.length === 0 ? null : joinLogprobs(logprobs),
    finish_reason: pieces.at(-1)?.finish_reason ?? null,
    ...(trace.length > 0 && { logitbook: { trace } }),
  };
}

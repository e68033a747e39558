import type { CompleteRecipe } from "../../decoding/index.js";
import type { ServerContext } from "../context.js";
import type { Job } from "../job.js";
import { answerChunks } from "./answerChunks.js";
import { blameForm } from "./answerForm.js";
import { answers, type Usage } from "./answers.js";
import { type ChatChunk, chatWriter } from "./chatChunks.js";
import { chatMessages, chatTokens, toolsOf } from "./chatMessages.js";
import type { ChatRequest } from "./chatRequest.js";
import { assertBiases, assertPrompt } from "./checks.js";
import { traceTop } from "./extension.js";
import type { ExtensionPart } from "./extensionPart.js";
import { forcedTools } from "./forcedCall.js";
import { answersOf } from "./sequenceCount.js";
import { CALL_BEGIN } from "./toolCalls.js";

/** What happens while an answer is made: a piece of it, or a step of a beam search. */
export type ChatEvent = ChatChunk | { readonly logitbook: ExtensionPart };

/** Answers a conversation. */
export async function* chat(
  context: ServerContext,
  { open, signal }: Job,
  request: ChatRequest,
  recipe: CompleteRecipe,
  started: number,
): AsyncGenerator<ChatEvent, Usage> {
  const tools = toolsOf(request, open);
  const forced = forcedTools(request) !== undefined;
  const asked = chatTokens(open, chatMessages(request.messages, open), tools);
  // A call that has to be made is begun for the model.
  const prompt = forced ? [...asked, ...open.tokenizer.encode(CALL_BEGIN)] : asked;
  assertPrompt(open, prompt, "messages");
  assertBiases(open, request.logit_bias);
  const count = answersOf(recipe);
  const trace = traceTop(request.logitbook);
  const logprobs = request.logprobs ? (request.top_logprobs ?? 0) : undefined;
  const events = answers(context, open, [prompt], count, { recipe, signal, logprobs, trace }, started);
  const writers = new Map<number, ReturnType<typeof chatWriter>>();
  const calls = tools.length > 0 ? { createId: context.createId, forced } : undefined;
  try {
    return yield* answerChunks(events, trace !== undefined, (event) => {
      const write = writers.get(event.index) ?? chatWriter(event.index, calls);
      writers.set(event.index, write);
      return write(event);
    });
  } catch (error) {
    // A schema is read when decoding begins.
    throw blameForm(error, request);
  }
}

import { OptionError } from "../../core/errors.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import type { CompleteRecipe } from "../../decoding/index.js";
import type { ServerContext } from "../context.js";
import type { Job } from "../job.js";
import { answerChunks } from "./answerChunks.js";
import { answers, type Usage, usageOf } from "./answers.js";
import { assertBiases, assertPrompt } from "./checks.js";
import { type CompletionChunk, completionChunk, type ExtensionPart, echoChunk } from "./completionChunks.js";
import type { CompletionRequest } from "./completionRequest.js";
import { traceTop } from "./extension.js";
import { answersOf } from "./sequenceCount.js";

/** What happens while a completion is made: a piece of an answer, or a step of a beam search. */
export type CompletionEvent = CompletionChunk | { readonly logitbook: ExtensionPart };

/** Completes the prompts of a request; null for a recipe where nothing is to be generated. */
export async function* complete(
  context: ServerContext,
  { open, signal }: Job,
  request: CompletionRequest,
  recipe: CompleteRecipe | null,
  started: number,
): AsyncGenerator<CompletionEvent, Usage> {
  const prompts = promptsOf(request, open);
  for (const prompt of prompts) assertPrompt(open, prompt, "prompt");
  assertBiases(open, request.logit_bias);
  const top = request.logprobs ?? undefined;
  const each = recipe === null ? (request.n ?? 1) : answersOf(recipe);
  const offsets = prompts.map((prompt) => (request.echo ? open.tokenizer.decode(prompt).length : 0));
  if (request.echo) {
    for (const [at, prompt] of prompts.entries()) {
      const chunk = await echoChunk(open, prompt, top, signal);
      for (let n = 0; n < each; n++) yield { index: at * each + n, ...chunk };
    }
  }
  if (recipe === null) {
    for (let index = 0; index < prompts.length * each; index++) {
      yield { index, text: "", logprobs: null, finish_reason: "length" };
    }
    return usageOf(
      prompts.reduce((sum, prompt) => sum + prompt.length, 0),
      0,
      0,
    );
  }
  const trace = traceTop(request.logitbook);
  const events = answers(context, open, prompts, each, { recipe, signal, logprobs: top, trace }, started);
  return yield* answerChunks(events, trace !== undefined, (event) => {
    const chunk = completionChunk(event, offsets[Math.floor(event.index / each)]);
    return chunk === undefined ? [] : [chunk];
  });
}

/** @throws OptionError for a text that has no tokens */
function promptsOf({ prompt }: CompletionRequest, { tokenizer }: OpenModel): Tokens[] {
  const list: readonly (string | readonly number[])[] =
    typeof prompt === "string" || typeof prompt[0] === "number"
      ? [prompt as string | number[]]
      : (prompt as string[] | number[][]);
  return list.map((item) => {
    const tokens = typeof item === "string" ? tokenizer.encode(item) : item;
    if (tokens.length === 0) throw new OptionError("prompt", item, "a text with one token at least");
    return tokens;
  });
}

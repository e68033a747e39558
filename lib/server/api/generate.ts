import type { Hono } from "hono";
import { OptionError } from "../../core/errors.js";
import { measureSequences } from "../../decoding/index.js";
import { closedObject } from "../../decoding/schema.js";
import { withText } from "../../decoding/sequenceText.js";
import { tracedToken } from "../../decoding/trace/token.js";
import type { ServerContext } from "../context.js";
import type { Job } from "../job.js";
import { mapped } from "../mapped.js";
import { answers } from "../openai/answers.js";
import type { ChoiceEvent } from "../openai/choices.js";
import { traceField, traceTop } from "../openai/extension.js";
import { flagField, textField } from "../openai/fields.js";
import { answersOf } from "../openai/sequenceCount.js";
import { readModelBody } from "../readModelBody.js";
import type { ServerEvent } from "../sse.js";
import { assertRecipe } from "./assertRecipe.js";
import { type PromptRequest, promptFields, promptTokens } from "./prompt.js";
import { streamJob } from "./streamJob.js";

export const generateRequest = closedObject({
  ...promptFields,
  trace: traceField,
  measure: flagField.describe("Measure the finished sequences too, as `compare` does."),
  target: textField.optional().describe("The text that was expected, to measure the sequences against."),
}).meta({
  id: "GenerateRequest",
});

type GenerateRequest = PromptRequest &
  Parameters<typeof traceTop>[0] & { measure?: boolean | null | undefined; target?: string | undefined };

/**
 * POST /api/generate: decodes as a recipe says, in events.
 * - `prompt` `{ tokens }`: the prompt's tokens, each with what is needed to draw it
 * - `text` `{ sequence, text, trace? }`: a piece of a sequence, with the trace of its tokens if asked for
 * - `beams`: the frontier of a beam search after each step
 * - `end` `{ sequences, usage, measures? }`
 */
export function addGenerate(app: Hono, context: ServerContext): void {
  app.post("/api/generate", async (c) => {
    const started = context.now();
    const request = await readModelBody(c, generateRequest, context);
    const { limits } = context;
    assertRecipe(request.recipe, limits);
    if (request.target !== undefined && !request.measure) {
      throw new OptionError(
        "target",
        request.target,
        "given with `measure: true`: it is what is measured against",
      );
    }
    return streamJob(c, context, request.model, (job) => generated(context, job, request, started));
  });
}

async function* generated(
  context: ServerContext,
  { open, signal }: Job,
  request: GenerateRequest,
  started: number,
): AsyncGenerator<ServerEvent, void> {
  const { recipe } = request;
  const { tokenizer } = open;
  const prompt = promptTokens(request, open);
  const events = answers(
    context,
    open,
    [prompt],
    answersOf(recipe),
    { recipe, signal, trace: traceTop(request) },
    started,
  );
  yield { event: "prompt", data: { tokens: prompt.map((token) => tracedToken(token, tokenizer)) } };
  const { usage, sequences } = yield* mapped(events, written);
  const texts = sequences.map((sequence) => withText(sequence, tokenizer, recipe.stopStrings));
  const { target } = request;
  const measures = request.measure
    ? await measureSequences(open, prompt, texts, { signal, target })
    : undefined;
  yield { event: "end", data: { sequences: texts, usage, ...(measures && { measures }) } };
}

function written(event: ChoiceEvent): ServerEvent[] {
  if (event.kind === "beams") return [{ event: "beams", data: event.step }];
  if (event.kind === "end" || (event.text === "" && event.told.length === 0)) return [];
  const trace = event.told.flatMap((told) => told.trace ?? []);
  const data = { sequence: event.index, text: event.text, ...(trace.length > 0 && { trace }) };
  return [{ event: "text", data }];
}

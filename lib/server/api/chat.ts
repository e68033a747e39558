import type { Hono } from "hono";
import type { z } from "zod";
import { Conversation, chatPrompt, replyBudget, replyStream } from "../../chat/index.js";
import { recipeSchema } from "../../decoding/index.js";
import { closedObject, countField, toZod } from "../../decoding/schema.js";
import type { ServerContext } from "../context.js";
import type { Job } from "../job.js";
import { mapped } from "../mapped.js";
import { modelField } from "../openai/fields.js";
import { readModelBody } from "../readModelBody.js";
import type { ServerEvent } from "../sse.js";
import { assertRecipe } from "./assertRecipe.js";
import { dialogueFields } from "./dialogue.js";
import { streamJob } from "./streamJob.js";

export const conversationRequest = closedObject({
  model: modelField,
  ...dialogueFields,
  recipe: toZod(recipeSchema).describe("How to decode."),
  budget: countField(1)
    .optional()
    .describe("The most tokens of the prompt; the oldest turns are left out above it."),
}).meta({ id: "ConversationRequest" });

type ConversationRequest = z.infer<typeof conversationRequest>;

/**
 * POST /api/chat: answers the last question of a conversation, in events.
 * - `prompt`: a `ChatPrompt`, what the model is sent: its text, and its tokens with their roles, cached ones marked
 * - `text` `{ text }`: a piece of the answer
 * - `end` `{ text, cost, finishReason }`
 */
export function addConversation(app: Hono, context: ServerContext): void {
  app.post("/api/chat", async (c) => {
    const request = await readModelBody(c, conversationRequest, context);
    assertRecipe(request.recipe, context.limits);
    return streamJob(c, context, request.model, (job) => answered(request, job));
  });
}

async function* answered(
  request: ConversationRequest,
  { open, signal }: Job,
): AsyncGenerator<ServerEvent, void> {
  const { system, turns, recipe } = request;
  const conversation = new Conversation({ system, turns });
  const budget = request.budget ?? replyBudget(open.model.contextLength, recipe);
  yield { event: "prompt", data: { prompt: await chatPrompt(open, conversation, { budget }) } };
  const pieces = replyStream(open, conversation, recipe, { budget, signal });
  const { text, cost, sequence } = yield* mapped(pieces, (piece) => [{ event: "text", data: { piece } }]);
  yield { event: "end", data: { text, cost, finishReason: sequence.finishReason } };
}

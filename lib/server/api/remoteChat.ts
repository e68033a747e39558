import type { Hono } from "hono";
import type { z } from "zod";
import type { ChatMessage } from "../../core/types.js";
import { recipeSchema } from "../../decoding/index.js";
import { closedObject, toZod } from "../../decoding/schema.js";
import { openRemote, type RemoteSequence } from "../../models/remote/index.js";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";
import { mapped } from "../mapped.js";
import { textField } from "../openai/fields.js";
import { pushed } from "../pushed.js";
import { readBody } from "../readBody.js";
import { eventStream, readerOf, type ServerEvent } from "../sse.js";
import { assertRecipe } from "./assertRecipe.js";
import { dialogueFields } from "./dialogue.js";

export const remoteChatRequest = closedObject({
  url: textField.describe("The engine's base address, such as http://127.0.0.1:8000/v1."),
  key: textField.nullable().default(null).describe("What the engine asks for; it is kept nowhere."),
  model: textField
    .nullable()
    .default(null)
    .describe("The engine's name of the model; null where it has one only."),
  ...dialogueFields,
  recipe: toZod(recipeSchema).describe("How to decode, as far as OpenAI's protocol has words for it."),
}).meta({ id: "RemoteChatRequest" });

type RemoteChatRequest = z.infer<typeof remoteChatRequest>;

/**
 * POST /api/remote-chat: has another engine answer a conversation, so that a page needs no other host than this one. In
 * events `text` `{ piece }` and `end` `{ text, finishReason }`. Not offered to strangers: what reaches other hosts from
 * here is for whom the server trusts.
 */
export function addRemoteChat(app: Hono, context: ServerContext): void {
  app.post("/api/remote-chat", async (c) => {
    if (!context.trusted) {
      throw new HttpError(403, "this server is open to strangers, so it asks no other engine: give it a key");
    }
    const request = await readBody(c, remoteChatRequest);
    assertRecipe(request.recipe, context.limits);
    const { abort, signal } = readerOf(c);
    const events = asked(request, AbortSignal.any([signal, context.shutdown]));
    return eventStream(events, { abort, context });
  });
}

async function* asked(request: RemoteChatRequest, signal: AbortSignal): AsyncGenerator<ServerEvent, void> {
  const { url, key, model, system, turns, recipe } = request;
  const remote = await openRemote(url, { ...(key && { apiKey: key }), ...(model && { model }) });
  const told: ChatMessage[] = system === null ? [] : [{ role: "system", content: system }];
  const answer = pushed<string, readonly RemoteSequence[]>((onText) =>
    remote.generate([...told, ...turns], recipe, {
      signal,
      onText: (piece, sequence) => sequence === 0 && onText(piece),
    }),
  );
  const [{ text, finishReason }] = yield* mapped(answer, (piece) => [{ event: "text", data: { piece } }]);
  yield { event: "end", data: { text, finishReason } };
}

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { z } from "zod";
import { Conversation, replyStream } from "../../chat/index.js";
import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { OpenModel } from "../../core/types.js";
import { parseRecipe, type Recipe } from "../../decoding/index.js";
import { closedObject } from "../../decoding/schema.js";
import { errorBody, HttpError, toHttpError } from "../errors.js";
import { mapped } from "../mapped.js";
import { STALL_TIME } from "../patience.js";
import { readBody } from "../readBody.js";
import { requireLoopbackHost } from "../security.js";
import { eventStream, readerOf, type ServerEvent } from "../sse.js";
import { PAGE, SCRIPT, STYLE } from "./page.js";
import type { ChatPage, ChatPageOptions } from "./types.js";

const RECIPE: Recipe = {
  method: "sample",
  maxNewTokens: 200,
  processors: [
    { type: "temperature", t: 0.6 },
    { type: "topP", p: 0.9 },
  ],
};

/** The page is the only reader, and on this machine. */
const READER = { onError() {}, stallTime: STALL_TIME, now: () => performance.now() };
const names: OptionNames<ChatPageOptions> = { recipe: true, conversation: true, budget: true, port: true };

const question = closedObject({ text: z.string().min(1) });

/** What `chatPage` loads when it is called. */
export async function openChatPage(open: OpenModel, options: ChatPageOptions): Promise<ChatPage> {
  assertKnownOptions(options, names);
  if (!("chatPrompt" in open.tokenizer)) {
    throw new OptionError("model", open.name, "one with a chat template (this one only continues texts)");
  }
  const recipe = parseRecipe(options.recipe ?? RECIPE);
  const limits = options.budget === undefined ? {} : { budget: options.budget };
  let conversation = options.conversation ?? new Conversation();
  let busy = false;
  const app = new Hono();
  app.use(requireLoopbackHost());
  app.use(
    secureHeaders({
      xFrameOptions: false,
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        // The notebook that shows the page stands on this machine too, at another port.
        frameAncestors: ["'self'", "http://localhost:*", "http://127.0.0.1:*"],
      },
    }),
  );
  app.get("/", (c) => c.html(PAGE));
  app.get("/page.js", (c) => c.body(SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" }));
  app.get("/page.css", (c) => c.body(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/conversation", (c) => c.json({ model: open.name, turns: conversation.turns }));
  app.post("/undo", (c) => {
    conversation = conversation.undo();
    return c.json({ turns: conversation.turns });
  });
  app.post("/say", async (c) => {
    const { text } = await readBody(c, question);
    if (busy) throw new HttpError(409, "the model is answering: wait until it has finished");
    const { abort, signal } = readerOf(c);
    return eventStream(answer(text, signal), { abort, context: READER });
  });
  app.onError((thrown, c) => {
    const error = toHttpError(thrown);
    return c.json(errorBody(error), error.status as 400);
  });

  async function* answer(text: string, signal: AbortSignal): AsyncGenerator<ServerEvent, void> {
    busy = true;
    const stream = replyStream(open, conversation.ask(text), recipe, { signal, ...limits });
    try {
      const reply = yield* mapped(stream, (piece) => [{ data: { text: piece } }]);
      conversation = reply.conversation;
      yield { data: { cost: reply.cost, cut: reply.prompt.cut.length } };
    } finally {
      busy = false;
    }
  }

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    get conversation() {
      return conversation;
    },
    async say(text) {
      const response = await fetch(`${url}say`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text }),
      });
      const events = await response.text();
      if (!response.ok || events.includes('data: {"error"')) throw new HttpError(response.status, events);
      return conversation.turns.at(-1)?.content ?? "";
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

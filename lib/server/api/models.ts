import type { Hono } from "hono";
import type { ServerContext } from "../context.js";
import { withModel } from "../job.js";

/** GET /api/models: what is offered and what is open now; GET /api/models/NAME opens one and tells its facts. */
export function addModelFacts(app: Hono, context: ServerContext): void {
  const { pool } = context;
  app.get("/api/models", (c) =>
    c.json({ models: pool.names.map((name) => ({ name, state: pool.stateOf(name) })) }),
  );
  app.get("/api/models/:name{.+}", async (c) => {
    const name = c.req.param("name");
    const facts = await withModel(context, name, c.req.raw.signal, ({ model, tokenizer }) => ({
      name,
      vocabSize: model.vocabSize,
      contextLength: model.contextLength,
      endTokens: tokenizer.endTokens,
      chat: "chatPrompt" in tokenizer,
    }));
    return c.json(facts);
  });
}

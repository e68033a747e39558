import type { Hono } from "hono";
import type { ServerContext } from "../context.js";
import { assertOffered } from "../job.js";

/** GET /v1/models and /v1/models/NAME: what is offered. */
export function addModels(app: Hono, context: ServerContext): void {
  const { pool, now } = context;
  const created = Math.floor(now() / 1000);
  const describe = (id: string) => ({ id, object: "model", created, owned_by: "logitbook" });
  app.get("/v1/models", (c) => c.json({ object: "list", data: pool.names.map(describe) }));
  // A name may hold slashes, as hub ids do.
  app.get("/v1/models/:name{.+}", (c) => {
    const name = c.req.param("name");
    assertOffered(context, name);
    return c.json(describe(name));
  });
}

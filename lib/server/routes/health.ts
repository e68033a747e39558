import type { Hono } from "hono";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";

/** GET /health: 200 where requests are answered at once, 503 while the first model opens or the server shuts down. */
export function addHealth(app: Hono, { pool }: ServerContext, draining: () => boolean): void {
  app.get("/health", (c) => {
    const states = pool.names.map((name) => pool.stateOf(name));
    if (draining()) throw new HttpError(503, "the server is shutting down", { code: "shutting_down" });
    if (states.includes("opening") && !states.includes("open")) {
      throw new HttpError(503, "the model is being opened", { code: "loading", retryAfter: 1 });
    }
    return c.json({ status: "ok" });
  });
}

import type { Hono } from "hono";
import type { ServerContext } from "../context.js";

/** GET /api/page: what the page is called, and which rooms it has. */
export function addPageFacts(app: Hono, { page, trusted }: ServerContext): void {
  app.get("/api/page", (c) => c.json({ ...page, remoteEngines: trusted }));
}

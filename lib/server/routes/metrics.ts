import type { Hono } from "hono";
import type { ServerContext } from "../context.js";

/** GET /metrics: counts in Prometheus' text format. */
export function addMetrics(app: Hono, { metrics }: ServerContext): void {
  app.get("/metrics", async (c) =>
    c.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
}

import { afterEach } from "vitest";
import type { OpenModel } from "../../lib/core/types.js";
import { ModelPool, type RunningServer, type ServerOptions, startServer } from "../../lib/server/index.js";

const running: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A server on a free port, closed after the test. */
export async function serve(
  models: readonly OpenModel[],
  options: Partial<ServerOptions> = {},
): Promise<RunningServer> {
  const pool = new ModelPool({
    models: Object.fromEntries(models.map((open) => [open.name, { open: async () => open }])),
  });
  const server = await startServer({ pool, port: 0, drainTime: 2000, ...options });
  running.push(server);
  return server;
}

/** Sends JSON. */
export function post(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });
}

import { afterEach, expect } from "vitest";
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

/** The error of an answer, which has the fields of the protocol and tells nothing of the server's inside. */
export async function errorOf(
  answer: Response,
): Promise<{ param: string | null; message: string; code: string | null }> {
  const body = (await answer.json()) as {
    error: { param: string | null; message: string; type: string; code: string | null };
  };
  expect(Object.keys(body.error).sort()).toEqual(["code", "message", "param", "type"]);
  expect(body.error.message).not.toMatch(/node_modules|\/lib\/|at \w+ \(/);
  return body.error;
}

import type { Hono } from "hono";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** The methods that a path is served for, as the header `allow` lists them; none for a path that is not there. */
export function allowedMethods({ router }: Hono, path: string): string[] {
  const served = METHODS.filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL"),
  );
  // Hono answers HEAD as it answers GET, without the body.
  return served.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

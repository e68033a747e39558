import type { Hono } from "hono";
import { nearestName } from "../core/nearest.js";
import { HttpError } from "./errors.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** What a request is answered with that no route takes: 405 where another method would do, else 404 and a near path. */
export function unknownUrl(app: Hono, method: string, path: string): HttpError {
  const allow = allowedMethods(app, path);
  if (allow.length > 0) {
    const message = `${path} takes ${allow.join(" and ")}, not ${method}`;
    return new HttpError(405, message, { code: "method_not_allowed", allow });
  }
  const near = nearestName(path, fixedPaths(app));
  const hint = near === undefined ? "/openapi.json lists what there is" : `did you mean ${near}?`;
  return new HttpError(404, `there is no ${method} ${path} here: ${hint}`, { code: "unknown_url" });
}

function allowedMethods({ router }: Hono, path: string): string[] {
  const served = METHODS.filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL"),
  );
  // Hono answers HEAD as it answers GET, without the body.
  return served.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

function fixedPaths({ routes }: Hono): string[] {
  const paths = routes.filter(({ method }) => method !== "ALL").map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !/[:*]/.test(path) && !path.startsWith("/assets/"));
}

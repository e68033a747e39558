import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { HttpError } from "./errors.js";

/** Paths that tell nothing but whether the server is up. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/health"]);

/**
 * Lets in who brings the key as `authorization: Bearer KEY`. Keys are compared by their hashes in constant time, so
 * that how long it takes tells nothing, not even a length.
 */
export function requireKey(key: string): MiddlewareHandler {
  const expected = digest(key);
  return async (c, next) => {
    const given = /^Bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (!OPEN_PATHS.has(c.req.path) && (given === undefined || !timingSafeEqual(digest(given), expected))) {
      const message =
        given === undefined
          ? "this server asks for a key: send `authorization: Bearer KEY`"
          : "this is not the server's key";
      throw new HttpError(401, message, { code: "invalid_api_key" });
    }
    await next();
  };
}

/**
 * Turns away requests that name another host: a page on the web can make its own name lead to this machine, and would
 * then count as the same origin (DNS rebinding).
 */
export function requireLoopbackHost(): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host");
    if (host !== undefined && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)) {
      throw new HttpError(403, `this server answers to localhost, not to ${host}`, { code: "wrong_host" });
    }
    await next();
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

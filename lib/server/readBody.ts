import type { Context } from "hono";
import type { z } from "zod";
import { fromZod, validate } from "../decoding/schema.js";
import { HttpError } from "./errors.js";

/**
 * The body of a request as its schema reads it.
 * @throws HttpError as `readJson`; OptionError that names the field at fault
 */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const value = await readJson(c);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(400, "the body must be a JSON object");
  }
  return validate(fromZod(schema), value, "");
}

/** @throws HttpError 415 for another type than JSON, 400 for broken JSON */
export async function readJson(c: Context): Promise<unknown> {
  // A page of another site can send other types without asking, but not this one.
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpError(415, "send the body as JSON, with the header `content-type: application/json`");
  }
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, `the body is not valid JSON: ${(error as Error).message}`);
  }
}

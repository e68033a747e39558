import type { Context } from "hono";
import type { z } from "zod";
import { OptionError } from "../core/errors.js";
import type { ServerContext } from "./context.js";
import { readBody } from "./readBody.js";

/**
 * The body of a request to a model, with the name of the model that it means: where it gives none, that of the only one
 * on offer.
 * @throws HttpError as `readBody` does
 * @throws OptionError where the body breaks a rule of the schema, or names no model of several
 */
export async function readModelBody<Request extends { readonly model?: string | null | undefined }>(
  c: Context,
  schema: z.ZodType<Request>,
  { pool: { names } }: ServerContext,
): Promise<Request & { readonly model: string }> {
  const request = await readBody(c, schema);
  if (request.model !== undefined && request.model !== null) return { ...request, model: request.model };
  if (names.length === 1) return { ...request, model: names[0] };
  throw new OptionError("model", undefined, `one of ${names.map((name) => `\`${name}\``).join(", ")}`);
}

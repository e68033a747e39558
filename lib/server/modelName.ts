import { OptionError } from "../core/errors.js";
import type { ServerContext } from "./context.js";

/**
 * The request with the name of the model that it means: where it gives none, that of the only one on offer.
 * @throws OptionError where there are several
 */
export function withModelName<Request extends { readonly model?: string | null | undefined }>(
  request: Request,
  { pool: { names } }: ServerContext,
): Request & { readonly model: string } {
  if (request.model !== undefined && request.model !== null) return { ...request, model: request.model };
  if (names.length === 1) return { ...request, model: names[0] };
  throw new OptionError("model", undefined, `one of ${names.map((name) => `\`${name}\``).join(", ")}`);
}

import { LogitbookError, LogitsError, ModelError, OptionError, PromptError } from "../core/errors.js";

/** Thrown where a request is answered with an error of this status, in OpenAI's shape. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    readonly status: number,
    message: string,
    readonly details: {
      /** The field at fault. */
      readonly param?: string;
      /** A name for programs, such as `model_not_found`. */
      readonly code?: string;
      /** Seconds after which to try again. */
      readonly retryAfter?: number;
      /** The methods that the path is served for. */
      readonly allow?: readonly string[];
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What OpenAI's clients read. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  503: "service_unavailable_error",
};

/** The error as a client gets it; what nobody foresaw says nothing of this machine. */
export function errorBody(error: HttpError): ErrorBody {
  const { status, message, details } = error;
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  return { error: { message, type, param: details.param ?? null, code: details.code ?? null } };
}

/**
 * The status that an error of the library stands for: 400 for an option or a prompt, 422 for scores that a request's
 * own chain spoilt, 503 for a model that can't be opened now, 500 for what nobody foresaw.
 */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const cause = { cause: error };
  if (error instanceof OptionError) return new HttpError(400, error.message, { param: error.option }, cause);
  if (error instanceof PromptError) {
    return new HttpError(400, error.message, { param: "prompt", code: promptCode(error) }, cause);
  }
  if (error instanceof LogitsError) return new HttpError(422, error.message, {}, cause);
  if (error instanceof ModelError) return new HttpError(503, error.message, { param: "model" }, cause);
  if (error instanceof LogitbookError) return new HttpError(400, error.message, {}, cause);
  return new HttpError(500, "the server failed to answer; its log says why", {}, cause);
}

/** The name by which OpenAI's clients know a prompt that is too long. */
export function promptCode({ message }: PromptError): string {
  return /at most|the cache holds/.test(message) ? "context_length_exceeded" : "invalid_prompt";
}

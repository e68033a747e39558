/** What the server said went wrong: which field, and what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    message: string,
    readonly status: number,
    readonly param: string | null,
  ) {
    super(message);
  }
}

/** Thrown where no server answers at all. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
  constructor() {
    super(
      "The server does not answer. Start it again with `npx logitbook play`; this page keeps what you have typed.",
    );
  }
}

/** @throws ApiError, OfflineError, or an AbortError */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { ...(signal && { signal }) });
  return (await response.json()) as T;
}

/** @throws as `getJson` */
export async function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, post(body, signal));
  return (await response.json()) as T;
}

/** The events of an answer as they come: each `data:` line read as JSON. Throws as `getJson`, also in mid-stream. */
export async function* postEvents<T>(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<T> {
  const response = await ask(path, post(body, signal));
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw offlineOr(error);
      });
      if (done) return;
      const blocks = (waiting + value).split("\n\n");
      waiting = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = readEvent<T>(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function readEvent<T>(block: string): T | undefined {
  const data = block
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice("data: ".length))
    .join("\n");
  if (data === "" || data === "[DONE]") return undefined;
  const value = JSON.parse(data) as T & { error?: ErrorBody };
  if (value.error !== undefined) throw new ApiError(value.error.message, 500, value.error.param ?? null);
  return value;
}

interface ErrorBody {
  readonly message: string;
  readonly param?: string | null;
}

function post(body: unknown, signal?: AbortSignal): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  };
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch((error: unknown) => {
    throw offlineOr(error);
  });
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { error?: ErrorBody };
  throw new ApiError(body.error?.message ?? response.statusText, response.status, body.error?.param ?? null);
}

function offlineOr(error: unknown): unknown {
  return error instanceof TypeError ? new OfflineError() : error;
}

import { ModelError } from "../../core/errors.js";

/**
 * The data of server-sent events, up to `[DONE]`.
 * @throws ModelError for an event that is an error, or a stream that ends before its time
 */
export async function* eventData(name: string, body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const data = /^data:\s?(.*)$/.exec(line)?.[1];
      if (data === undefined) continue;
      if (data === "[DONE]") return;
      const value = parse(name, data);
      const { error } = value as { error?: { message?: string } };
      if (error) throw new ModelError(name, `the engine failed: ${error.message ?? JSON.stringify(error)}`);
      yield value;
    }
  }
  throw new ModelError(name, "the engine's answer broke off: ask again");
}

function parse(name: string, data: string): object {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, as for other data that is no object.
  }
  throw new ModelError(name, `the engine sent what is no event of the protocol: ${data.slice(0, 80)}`);
}

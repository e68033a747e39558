import { CorpusError } from "../../../core/errors.js";
import type { TextEncoding } from "../types.js";
import { decodeUtf8 } from "./utf8.js";

const marks: readonly (readonly [TextEncoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/**
 * Text from bytes, checked. A byte-order mark at the start says how the rest is encoded and is no part of the text.
 * @param file for messages
 * @param encoding default: UTF-8 unless a mark says otherwise
 * @throws CorpusError with the place in the file for bytes that are none of that encoding, and for binary files
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  encoding?: TextEncoding,
): AsyncGenerator<string> {
  const [start, rest] = await splitStart(chunks, 4);
  const marked = marks.find(([, mark]) => mark.every((byte, i) => start[i] === byte));
  if (marked && encoding && marked[0] !== encoding) {
    throw new CorpusError(file, `it begins with the mark of ${marked[0]}, but is to be read as ${encoding}`);
  }
  const skip = marked?.[1].length ?? 0;
  const bytes = withStart(start.subarray(skip), rest);
  const chosen = marked?.[0] ?? encoding ?? "utf-8";
  if (chosen === "utf-8") yield* decodeUtf8(bytes, file, skip);
  else yield* decodeOther(bytes, file, chosen);
}

/** UTF-16 can break, in a half pair or at the end; any byte is a character of Latin-1. */
async function* decodeOther(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  encoding: Exclude<TextEncoding, "utf-8">,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const invalid = (error: unknown) =>
    new CorpusError(file, `it is not valid ${encoding.toUpperCase()} throughout`, { cause: error });
  for await (const chunk of bytes) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw invalid(error);
    }
    yield text;
  }
  try {
    yield decoder.decode();
  } catch (error) {
    throw invalid(error);
  }
}

/** The first `size` bytes or more, fewer only if there are no more, and an iterator over the rest. */
async function splitStart(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): Promise<[Uint8Array, AsyncIterator<Uint8Array>]> {
  const rest = chunks[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < size) {
    const { value, done } = await rest.next();
    if (done) break;
    start = start.length === 0 ? value : Buffer.concat([start, value]);
  }
  return [start, rest];
}

async function* withStart(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield start;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { CorpusError } from "../../../core/errors.js";

/**
 * The bytes of a file in a stream; of a `.gz` or `.tgz` file what is packed in it.
 * @throws CorpusError if the file can't be read or does not unpack
 */
export async function* readBytes(file: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  // An error of either reaches the loop, and stopping early closes both.
  const stream = /\.t?gz$/i.test(file) ? pipeline(source, createGunzip(), () => {}) : source;
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw readError(file, error as NodeJS.ErrnoException);
  }
}

function readError(file: string, error: NodeJS.ErrnoException): CorpusError {
  const { code = "" } = error;
  const reason = code.startsWith("Z_")
    ? `it does not unpack (${error.message}): it is no whole gzip file`
    : `it can't be read (${code || error.message})`;
  return new CorpusError(file, reason, { cause: error });
}

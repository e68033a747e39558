import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { CorpusError } from "../../../core/errors.js";

/**
 * The bytes of a file in a stream; of a `.gz` or `.tgz` file what is packed in it.
 * @throws CorpusError if the file can't be read or does not unpack
 */
export async function* readBytes(file: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  const packed = /\.t?gz$/i.test(file);
  const stream = packed
    ? source.on("error", (error) => unpacker.destroy(error)).pipe(createGunzip())
    : source;
  const unpacker = stream;
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw readError(file, error as NodeJS.ErrnoException);
  } finally {
    source.destroy();
  }
}

function readError(file: string, error: NodeJS.ErrnoException): CorpusError {
  const { code = "" } = error;
  const reason = code.startsWith("Z_")
    ? `it does not unpack (${error.message}): it is no whole gzip file`
    : `it can't be read (${code || error.message})`;
  return new CorpusError(file, reason, { cause: error });
}

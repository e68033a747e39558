import { type FileHandle, open } from "node:fs/promises";
import { ModelError } from "../../core/errors.js";

/** Random access to the bytes of a model file. */
export interface ByteSource {
  /** What messages call it: the path, or `GGUF bytes`. */
  readonly name: string;
  readonly byteLength: number;
  /** The bytes `[start, start + length)`. The caller checks the bounds. */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file without reading it, or wraps bytes that are in memory already. */
export async function openSource(source: string | Uint8Array): Promise<ByteSource> {
  return typeof source === "string" ? openFile(source) : memorySource(source);
}

function memorySource(bytes: Uint8Array): ByteSource {
  return {
    name: "GGUF bytes",
    byteLength: bytes.byteLength,
    read: async (start, length) => bytes.subarray(start, start + length),
    close: async () => {},
  };
}

async function openFile(path: string): Promise<ByteSource> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    const reason =
      cause.code === "ENOENT" ? "there is no such file" : `it can't be opened (${cause.message})`;
    throw new ModelError(path, `${reason}; give the path of a .gguf file`, { cause });
  });
  const { size } = await handle.stat();
  return {
    name: path,
    byteLength: size,
    read: (start, length) => readFully(handle, start, length),
    close: () => handle.close(),
  };
}

async function readFully(handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}

import { CorpusError } from "../../../core/errors.js";

const BLOCK = 512;

/** A file of a tar archive. */
export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of a tar archive (ustar, with GNU's long names), in a stream: one file at a time is held.
 * @param wanted files that are not wanted are passed over
 * @throws CorpusError if the archive is cut off or none
 */
export async function* tarFiles(
  chunks: AsyncIterable<Uint8Array>,
  archive: string,
  wanted: (path: string) => boolean,
): AsyncGenerator<TarFile> {
  const reader = new BlockReader(chunks, archive);
  let longName: string | undefined;
  try {
    for (;;) {
      const header = await reader.take(BLOCK);
      if (header === undefined || header.every((byte) => byte === 0)) return;
      const { name, size, type } = readHeader(header, archive);
      const whole = Math.ceil(size / BLOCK) * BLOCK;
      const path = longName ?? name;
      const isFile = type === "0" || type === "\0";
      if (type !== "L" && !(isFile && wanted(path))) await reader.skip(whole);
      else {
        const content = (await reader.take(whole))?.subarray(0, size);
        if (content === undefined) throw cutOff(archive);
        if (type === "L") {
          longName = textOf(content);
          continue;
        }
        yield { path, bytes: content };
      }
      longName = undefined;
    }
  } finally {
    await reader.close();
  }
}

function readHeader(header: Uint8Array, archive: string): { name: string; size: number; type: string } {
  const prefix = textOf(header.subarray(345, 500));
  const name = textOf(header.subarray(0, 100));
  const size = Number.parseInt(textOf(header.subarray(124, 136)), 8);
  const sum = Number.parseInt(textOf(header.subarray(148, 156)), 8);
  // The checksum counts its own field as spaces.
  const actual = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (!(size >= 0) || sum !== actual) throw new CorpusError(archive, "it is no tar archive, or is damaged");
  const isUstar = textOf(header.subarray(257, 262)) === "ustar" && header[262] === 0;
  return {
    name: isUstar && prefix !== "" ? `${prefix}/${name}` : name,
    size,
    type: String.fromCharCode(header[156]),
  };
}

/** A field up to its first zero byte. */
function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
}

function cutOff(archive: string): CorpusError {
  return new CorpusError(archive, "it is cut off: fetch it again");
}

/** Hands out bytes in the sizes that are asked for, whatever sizes they come in. */
class BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #archive: string;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>, archive: string) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#archive = archive;
  }

  /** The next bytes; undefined at the end. */
  async take(size: number): Promise<Uint8Array | undefined> {
    const pieces = [this.#rest];
    let length = this.#rest.length;
    while (length < size) {
      const { value, done } = await this.#chunks.next();
      if (done && length === 0) return undefined;
      if (done) throw cutOff(this.#archive);
      pieces.push(value);
      length += value.length;
    }
    const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    this.#rest = bytes.subarray(size);
    return bytes.subarray(0, size);
  }

  async skip(size: number): Promise<void> {
    let left = size - this.#rest.length;
    if (left <= 0) {
      this.#rest = this.#rest.subarray(size);
      return;
    }
    for (this.#rest = new Uint8Array(0); left > 0; ) {
      const { value, done } = await this.#chunks.next();
      if (done) throw cutOff(this.#archive);
      this.#rest = value.subarray(Math.min(left, value.length));
      left -= value.length;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

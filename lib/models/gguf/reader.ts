import { ModelError } from "../../core/errors.js";
import { Cursor, type MetadataValue, OutOfBytes } from "./cursor.js";
import { blockLayout, bytesFor, isSupported, SUPPORTED_TYPES, type SupportedType, typeName } from "./ggml.js";
import { type ByteSource, openSource } from "./source.js";

/** One entry of a GGUF file's tensor table. */
export interface GgufTensor {
  readonly name: string;
  /** ggml's name of the number format, such as `Q4_1`. */
  readonly type: string;
  /** Numbers per row: the width of the input of a linear layer. */
  readonly columns: number;
  /** Rows: 1 for a vector, the width of the output for a linear layer. */
  readonly rows: number;
  /** Where the tensor's bytes begin in the file. */
  readonly start: number;
}

/** A tensor whose number format this library can read. */
export type ReadableTensor = GgufTensor & { readonly type: SupportedType };

/** An open GGUF file: its header in memory, its tensors still on disk. */
export interface GgufFile {
  /** What messages call it. */
  readonly name: string;
  /** Version of the format, 2 or 3. */
  readonly version: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** The bytes of one tensor as they stand in the file. */
  read(tensor: ReadableTensor): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Header {
  version: number;
  metadata: Map<string, MetadataValue>;
  tensors: Map<string, GgufTensor>;
}

const MAGIC = 0x46554747; // "GGUF"
const FIRST_READ = 4 << 20;

/**
 * Opens a GGUF file (versions 2 and 3, little-endian) and reads its metadata and tensor table. Tensor data stays
 * in the file until `read`. Close it after use.
 * @throws ModelError for a file that is missing, no GGUF, of another version, truncated or malformed
 */
export async function readGguf(source: string | Uint8Array): Promise<GgufFile> {
  const bytes = await openSource(source);
  try {
    const header = await readHeader(bytes);
    checkEnd(bytes, header.tensors);
    return {
      name: bytes.name,
      ...header,
      read: (tensor) => bytes.read(tensor.start, byteLength(tensor)),
      close: () => bytes.close(),
    };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/**
 * The tensor of that name, if its numbers can be read.
 * @throws ModelError for a missing tensor or an unsupported quantisation, both named
 */
export function readableTensor(file: GgufFile, name: string): ReadableTensor {
  const tensor = file.tensors.get(name);
  if (!tensor) throw new ModelError(file.name, `tensor \`${name}\` is missing; the file is incomplete`);
  if (!isReadable(tensor)) {
    const supported = `${SUPPORTED_TYPES.slice(0, -1).join(", ")} and ${SUPPORTED_TYPES.at(-1)}`;
    throw new ModelError(
      file.name,
      `tensor \`${name}\` is quantised as ${tensor.type}; supported are ${supported}. Take such a file of the ` +
        "model, or requantise this one with llama.cpp's `llama-quantize --allow-requantize --pure` to Q8_0 or Q4_1",
    );
  }
  return tensor;
}

function isReadable(tensor: GgufTensor): tensor is ReadableTensor {
  return isSupported(tensor.type);
}

function byteLength(tensor: ReadableTensor): number {
  return bytesFor(tensor.type, tensor.columns) * tensor.rows;
}

/** Reads ever more of the file until the header is complete: its length isn't written anywhere. */
async function readHeader(source: ByteSource): Promise<Header> {
  for (let length = FIRST_READ; ; length *= 4) {
    const bytes = await source.read(0, Math.min(length, source.byteLength));
    try {
      return parseHeader(source.name, bytes);
    } catch (error) {
      if (!(error instanceof OutOfBytes)) throw error;
      if (length >= source.byteLength) throw truncated(source, "its header");
    }
  }
}

function parseHeader(name: string, bytes: Uint8Array): Header {
  const cursor = new Cursor(bytes);
  if (bytes.byteLength < 4 || cursor.uint32() !== MAGIC) {
    throw new ModelError(name, "isn't a GGUF file: it doesn't begin with the letters GGUF");
  }
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) {
    throw new ModelError(name, `is GGUF version ${describeVersion(version)}; versions 2 and 3 are supported`);
  }
  const tensorCount = cursor.uint64();
  const metadata = parseMetadata(name, cursor, cursor.uint64());
  const entries: GgufTensor[] = [];
  for (let i = 0; i < tensorCount; i++) entries.push(parseTensor(name, cursor));
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !(alignment >= 1)) {
    throw new ModelError(
      name,
      `\`general.alignment\` must be a positive number, but is ${String(alignment)}`,
    );
  }
  const data = Math.ceil(cursor.offset / alignment) * alignment;
  const tensors = new Map(entries.map((entry) => [entry.name, { ...entry, start: data + entry.start }]));
  return { version, metadata, tensors };
}

function describeVersion(version: number): string {
  return version > 0xffff ? "of a big-endian machine" : String(version);
}

function parseMetadata(name: string, cursor: Cursor, count: number): Map<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < count; i++) {
    const key = cursor.string();
    const type = cursor.uint32();
    const value = cursor.value(type);
    if (value === undefined) {
      throw new ModelError(
        name,
        `metadata \`${key}\` has value type ${type}, or holds one, that GGUF doesn't have`,
      );
    }
    metadata.set(key, value);
  }
  return metadata;
}

/** One table entry; `start` still counts from the beginning of the data section. */
function parseTensor(file: string, cursor: Cursor): GgufTensor {
  const name = cursor.string();
  const dimensions = Array.from({ length: Math.min(cursor.uint32(), 5) }, () => cursor.uint64());
  const type = typeName(cursor.uint32());
  const start = cursor.uint64();
  const [columns = 1, rows = 1, ...more] = dimensions;
  if (more.some((size) => size !== 1)) {
    throw new ModelError(
      file,
      `tensor \`${name}\` has shape [${dimensions.join(", ")}]; at most 2 dimensions are supported`,
    );
  }
  if (isSupported(type) && columns % blockLayout(type).blockLength !== 0) {
    throw new ModelError(
      file,
      `tensor \`${name}\` has ${columns} columns, which ${type} can't hold: not a multiple of 32`,
    );
  }
  return { name, type, columns, rows, start };
}

function checkEnd(source: ByteSource, tensors: ReadonlyMap<string, GgufTensor>): void {
  for (const tensor of tensors.values()) {
    const end = tensor.start + (isReadable(tensor) ? byteLength(tensor) : 0);
    if (!(end <= source.byteLength)) throw truncated(source, `tensor \`${tensor.name}\``);
  }
}

function truncated(source: ByteSource, where: string): ModelError {
  return new ModelError(
    source.name,
    `ends inside ${where} after ${source.byteLength} bytes: the file is truncated; download or copy it again`,
  );
}

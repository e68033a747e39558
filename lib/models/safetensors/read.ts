import { ModelError } from "../../core/errors.js";
import { halfToFloat } from "../../core/half.js";
import type { NamedArray } from "../trainable/createModel.js";

/** One entry of the header. */
interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [begin: number, end: number];
}

/** How many bytes a value takes, and what number they stand for. */
const TYPES: Record<
  string,
  { readonly bytes: number; readonly read: (view: DataView, at: number) => number }
> = {
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToFloat(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => bfloatToFloat(view.getUint16(at, true)) },
};

/**
 * The floating-point arrays of a safetensors file, widened to float32. Arrays of other types, such as masks that old
 * GPT-2 files carry along, are left out.
 * @param name the file's name, for messages
 * @throws ModelError for bytes that are no whole safetensors file
 */
export function readSafetensors(bytes: Uint8Array, name: string): Map<string, NamedArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes.length < 8 ? Number.POSITIVE_INFINITY : 8 + Number(view.getBigUint64(0, true));
  if (start > bytes.length) throw new ModelError(name, "is not a whole safetensors file: it is cut short");
  const header = readHeader(bytes.subarray(8, start), name);
  const arrays = new Map<string, NamedArray>();
  for (const [tensor, entry] of Object.entries(header)) {
    const type = TYPES[entry.dtype];
    if (tensor === "__metadata__" || type === undefined) continue;
    const [begin, end] = entry.data_offsets;
    const size = entry.shape.reduce((product, length) => product * length, 1);
    if (end - begin !== size * type.bytes || start + end > bytes.length) {
      throw new ModelError(name, `is damaged: \`${tensor}\` is not where its header says`);
    }
    const data = Float32Array.from({ length: size }, (_, i) =>
      type.read(view, start + begin + i * type.bytes),
    );
    arrays.set(tensor, { shape: entry.shape, data });
  }
  return arrays;
}

function readHeader(json: Uint8Array, name: string): Record<string, Entry> {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (error) {
    throw new ModelError(name, "is not a safetensors file: its header can't be read", { cause: error });
  }
}

/** A bfloat16 is the upper half of a float32. */
function bfloatToFloat(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0];
}

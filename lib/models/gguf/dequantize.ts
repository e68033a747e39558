import { halfToFloat } from "../../core/half.js";
import { blockLayout, type SupportedType } from "./ggml.js";

/**
 * The numbers that a tensor's bytes stand for, row by row, as ggml computes them: in float32.
 * @param bytes whole blocks of the type, as in the file
 */
export function dequantize(type: SupportedType, bytes: Uint8Array): Float32Array {
  const { blockLength, blockBytes } = blockLayout(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array((bytes.byteLength / blockBytes) * blockLength);
  const decode = DECODERS[type];
  for (let start = 0, at = 0; start < bytes.byteLength; start += blockBytes, at += blockLength) {
    decode(view, start, numbers, at);
  }
  return numbers;
}

/** Writes the numbers of the block at byte `start` to `numbers[at...]`. */
type BlockDecoder = (view: DataView, start: number, numbers: Float32Array, at: number) => void;

const DECODERS: Record<SupportedType, BlockDecoder> = {
  F32: (view, start, numbers, at) => {
    numbers[at] = view.getFloat32(start, true);
  },
  F16: (view, start, numbers, at) => {
    numbers[at] = halfToFloat(view.getUint16(start, true));
  },
  Q4_0: (view, start, numbers, at) => {
    const scale = halfToFloat(view.getUint16(start, true));
    for (let i = 0; i < 32; i++) numbers[at + i] = scale * (nibble(view, start + 2, i) - 8);
  },
  Q4_1: (view, start, numbers, at) => {
    const scale = halfToFloat(view.getUint16(start, true));
    const minimum = halfToFloat(view.getUint16(start + 2, true));
    for (let i = 0; i < 32; i++) numbers[at + i] = scale * nibble(view, start + 4, i) + minimum;
  },
  Q8_0: (view, start, numbers, at) => {
    const scale = halfToFloat(view.getUint16(start, true));
    for (let i = 0; i < 32; i++) numbers[at + i] = scale * view.getInt8(start + 2 + i);
  },
};

/** Number `i` of 32: byte `j` holds number `j` in its low half and number `j + 16` in its high half. */
function nibble(view: DataView, start: number, i: number): number {
  return i < 16 ? view.getUint8(start + i) & 15 : view.getUint8(start + i - 16) >> 4;
}

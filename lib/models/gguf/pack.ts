import { halfToFloat } from "../../core/half.js";
import { blockLayout, type SupportedType } from "./ggml.js";

/** A ggml type whose numbers come in blocks of 32 with one scale each. */
export type BlockType = Exclude<SupportedType, "F32" | "F16">;

/** Numbers that share one scale. */
export const BLOCK = 32;

export function isBlockType(type: SupportedType): type is BlockType {
  return type === "Q4_0" || type === "Q4_1" || type === "Q8_0";
}

/** Bits of one quantised number. */
export function bitsOf(type: BlockType): 4 | 8 {
  return type === "Q8_0" ? 8 : 4;
}

/**
 * The quantised numbers, in MatMulNBits' order: number after number, for 4 bits the first in a byte's low half.
 * They are unsigned with the zero at 8 or 128: `weight = scale * (number - zero)`, plus the offset for Q4_1.
 * @param bytes whole ggml blocks
 */
export function packNumbers(type: BlockType, bytes: Uint8Array): Uint8Array {
  return type === "Q8_0" ? packBytes(bytes) : packNibbles(type, bytes);
}

/** ggml keeps numbers j and j + 16 of a block in one byte, MatMulNBits numbers 2j and 2j + 1. */
function packNibbles(type: BlockType, bytes: Uint8Array): Uint8Array {
  const { blockBytes } = blockLayout(type);
  const packed = new Uint8Array((bytes.byteLength / blockBytes) * 16);
  for (let from = blockBytes - 16, to = 0; from < bytes.byteLength; from += blockBytes, to += 16) {
    for (let j = 0; j < 8; j++) {
      const even = bytes[from + 2 * j];
      const odd = bytes[from + 2 * j + 1];
      packed[to + j] = (even & 0x0f) | ((odd & 0x0f) << 4);
      packed[to + 8 + j] = (even >> 4) | (odd & 0xf0);
    }
  }
  return packed;
}

/** Signed bytes become unsigned ones around 128. */
function packBytes(bytes: Uint8Array): Uint8Array {
  const { blockBytes } = blockLayout("Q8_0");
  const packed = new Uint8Array((bytes.byteLength / blockBytes) * BLOCK);
  for (let from = 2, to = 0; from < bytes.byteLength; from += blockBytes, to += BLOCK) {
    for (let j = 0; j < BLOCK; j++) packed[to + j] = bytes[from + j] ^ 0x80;
  }
  return packed;
}

/** The scale of each block. */
export function packScales(type: BlockType, bytes: Uint8Array): Float32Array {
  return blockValues(type, bytes, (view, start) => halfToFloat(view.getUint16(start, true)));
}

/**
 * What Q4_1 adds to each number of a block on top of `scale * (number - 8)`: `minimum + 8 * scale`. The sum of two
 * halves is exact in float32 unless their sizes differ more than 2,000-fold, where it is rounded once.
 */
export function packOffsets(bytes: Uint8Array): Float32Array {
  return blockValues("Q4_1", bytes, (view, start) => {
    const scale = halfToFloat(view.getUint16(start, true));
    return halfToFloat(view.getUint16(start + 2, true)) + 8 * scale;
  });
}

function blockValues(
  type: BlockType,
  bytes: Uint8Array,
  value: (view: DataView, start: number) => number,
): Float32Array {
  const { blockBytes } = blockLayout(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength / blockBytes);
  for (let block = 0; block < values.length; block++) values[block] = value(view, block * blockBytes);
  return values;
}

/** Turns a matrix of `rows` rows around. */
export function transpose(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = matrix[row * columns + column];
  }
  return turned;
}

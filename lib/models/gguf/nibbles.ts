import type { Weight } from "../onnx/weights.js";
import { type Matrix, scalesOf, weight } from "./matrix.js";
import { BLOCK, packNumbers } from "./pack.js";

/**
 * Q8_0 as pairs of 4-bit numbers, for float32 products: onnxruntime's float32 kernel is some 30 times slower on
 * 8-bit weights than on 4-bit ones. A byte is 16 * high + low, so with s the block's scale
 * `s * (byte - 128) = 16 s * (high - 8) + s * low`: a 4-bit matrix of twice the width, high halves to the left with
 * zero point 8, low halves to the right with zero point 0, which reads its input twice.
 */
export function nibblePairs(matrix: Matrix): { numbers: Weight; scales: Weight; zeros: Weight } {
  const { name, rows, columns } = matrix;
  const blocks = columns / BLOCK;
  return {
    numbers: weight(`${name}.pairs`, "uint8", [rows, 2 * blocks, BLOCK / 2], async () =>
      splitBytes(packNumbers("Q8_0", await matrix.read()), columns),
    ),
    scales: weight(`${name}.pairs.scales`, "float", [rows, 2 * blocks], async () =>
      pairScales(await scalesOf(matrix, "Q8_0"), blocks),
    ),
    zeros: weight(`${name}.pairs.zeros`, "uint8", [rows, blocks], async () => pairZeros(rows, blocks)),
  };
}

/** Each row's high halves, two numbers to a byte, then its low halves. */
function splitBytes(bytes: Uint8Array, columns: number): Uint8Array {
  const halves = new Uint8Array(bytes.byteLength);
  for (let row = 0; row < bytes.byteLength; row += columns) {
    for (let i = 0; i < columns / 2; i++) {
      const even = bytes[row + 2 * i];
      const odd = bytes[row + 2 * i + 1];
      halves[row + i] = (even >> 4) | (odd & 0xf0);
      halves[row + columns / 2 + i] = (even & 0x0f) | ((odd & 0x0f) << 4);
    }
  }
  return halves;
}

function pairScales(scales: Float32Array, blocks: number): Uint8Array {
  const pairs = new Float32Array(2 * scales.length);
  for (let i = 0; i < scales.length; i++) {
    const left = i + Math.floor(i / blocks) * blocks;
    pairs[left] = 16 * scales[i];
    pairs[left + blocks] = scales[i];
  }
  return new Uint8Array(pairs.buffer);
}

/** Zero points of one row, 4 bits each: 8 for the left blocks, 0 for the right ones. */
function pairZeros(rows: number, blocks: number): Uint8Array {
  const row = new Uint8Array(blocks);
  for (let block = 0; block < blocks; block++) row[block >> 1] |= 8 << (4 * (block & 1));
  const zeros = new Uint8Array(rows * blocks);
  for (let start = 0; start < zeros.length; start += blocks) zeros.set(row, start);
  return zeros;
}

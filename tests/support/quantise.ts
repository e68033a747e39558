/** ggml's tensor types that the test files are written in. */
export type Quantisation = "F32" | "F16" | "Q4_0" | "Q4_1" | "Q8_0";

export const QUANTISATIONS: readonly Quantisation[] = ["F32", "F16", "Q4_0", "Q4_1", "Q8_0"];

/** ggml's number for each type. */
export const TYPE_NUMBER: Record<Quantisation, number> = { F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q8_0: 8 };

const BLOCK = 32;

/** The bytes ggml would write for these numbers; block types take a multiple of 32. */
export function quantise(type: Quantisation, numbers: Float32Array): Uint8Array {
  if (type === "F32") return new Uint8Array(numbers.slice().buffer);
  if (type === "F16") return new Uint8Array(Uint16Array.from(numbers, floatToHalf).buffer);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < numbers.length; at += BLOCK) {
    blocks.push(BLOCK_WRITERS[type](numbers.subarray(at, at + BLOCK)));
  }
  return Buffer.concat(blocks);
}

const BLOCK_WRITERS: Record<"Q4_0" | "Q4_1" | "Q8_0", (block: Float32Array) => Uint8Array> = {
  Q4_0: (block) => {
    const largest = block.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    const scale = largest / -8;
    return Buffer.concat([halves(scale), nibbles(block, (x) => x / scale + 8)]);
  },
  Q4_1: (block) => {
    const minimum = Math.min(...block);
    const scale = (Math.max(...block) - minimum) / 15;
    return Buffer.concat([halves(scale, minimum), nibbles(block, (x) => (x - minimum) / scale)]);
  },
  Q8_0: (block) => {
    const scale = Math.max(...block.map(Math.abs)) / 127;
    return Buffer.concat([
      halves(scale),
      new Uint8Array(Int8Array.from(block, (x) => Math.round(x / scale)).buffer),
    ]);
  },
};

function halves(...numbers: number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(numbers, floatToHalf).buffer);
}

function nibbles(block: Float32Array, level: (x: number) => number): Uint8Array {
  const levels = Array.from(block, (x) => Math.max(0, Math.min(15, Math.round(level(x)) || 0)));
  return Uint8Array.from({ length: 16 }, (_, i) => levels[i] | (levels[i + 16] << 4));
}

/** The nearest IEEE 754 half. Ties go away from zero, which is near enough for a test file. */
export function floatToHalf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size === 0 || Number.isNaN(size)) return sign;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = Math.round(size / 2 ** (exponent - 10));
  if (exponent > 15) return sign | 0x7c00;
  // A fraction that rounds up to 2048 carries into the exponent by itself; below 1024 the half is subnormal.
  return sign | (((exponent + 14) << 10) + steps);
}

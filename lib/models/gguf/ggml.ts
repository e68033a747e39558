/** How ggml lays out the numbers of one tensor type: `blockLength` numbers in `blockBytes` bytes. */
export interface BlockLayout {
  readonly blockLength: number;
  readonly blockBytes: number;
}

/** The tensor types that this library converts. */
export const SUPPORTED_TYPES = ["F32", "F16", "Q4_0", "Q4_1", "Q8_0"] as const;
export type SupportedType = (typeof SUPPORTED_TYPES)[number];

const LAYOUTS: Record<SupportedType, BlockLayout> = {
  F32: { blockLength: 1, blockBytes: 4 },
  F16: { blockLength: 1, blockBytes: 2 },
  // scale (f16), 32 nibbles
  Q4_0: { blockLength: 32, blockBytes: 18 },
  // scale (f16), minimum (f16), 32 nibbles
  Q4_1: { blockLength: 32, blockBytes: 20 },
  // scale (f16), 32 signed bytes
  Q8_0: { blockLength: 32, blockBytes: 34 },
};

/** Names of ggml's tensor types by their number in a file (ggml.h, `enum ggml_type`); gaps were withdrawn. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  6: "Q5_0",
  7: "Q5_1",
  8: "Q8_0",
  9: "Q8_1",
  10: "Q2_K",
  11: "Q3_K",
  12: "Q4_K",
  13: "Q5_K",
  14: "Q6_K",
  15: "Q8_K",
  16: "IQ2_XXS",
  17: "IQ2_XS",
  18: "IQ3_XXS",
  19: "IQ1_S",
  20: "IQ4_NL",
  21: "IQ3_S",
  22: "IQ2_S",
  23: "IQ4_XS",
  24: "I8",
  25: "I16",
  26: "I32",
  27: "I64",
  28: "F64",
  29: "IQ1_M",
  30: "BF16",
  34: "TQ1_0",
  35: "TQ2_0",
  39: "MXFP4",
};

/** The type's name as llama.cpp prints it, or `type 99` for a number this library has never heard of. */
export function typeName(type: number): string {
  return TYPE_NAMES[type] ?? `type ${type}`;
}

/** Whether tensors of the named type can be dequantised and converted. */
export function isSupported(name: string): name is SupportedType {
  return (SUPPORTED_TYPES as readonly string[]).includes(name);
}

export function blockLayout(type: SupportedType): BlockLayout {
  return LAYOUTS[type];
}

/** Bytes that `length` consecutive numbers of one row take. `length` is a multiple of the block length. */
export function bytesFor(type: SupportedType, length: number): number {
  const { blockLength, blockBytes } = LAYOUTS[type];
  return (length / blockLength) * blockBytes;
}

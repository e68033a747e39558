export { type ConvertOptions, convertGguf, type GraphKind } from "./convert.js";
export type { MetadataValue } from "./cursor.js";
export { dequantize } from "./dequantize.js";
export { SUPPORTED_TYPES, type SupportedType } from "./ggml.js";
export type { Precision } from "./linear.js";
export { type GgufFile, type GgufTensor, type ReadableTensor, readableTensor, readGguf } from "./reader.js";

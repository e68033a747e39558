export { type CropOptions, documentCrops } from "./crops.js";
export { fixedBatches } from "./fixed.js";
export { contiguousStreams, type StreamOptions } from "./streams.js";
export { type EncodeOptions, encodeDocuments, type TokenizedDocuments } from "./tokenized.js";
export type { Batch, Batches, BatchOptions, BatchPosition } from "./types.js";
export { randomWindows, shuffledWindows } from "./windows.js";

export * from "./core/index.js";
export * from "./decoding/index.js";
export { listModels, type ModelEntry } from "./models/catalog.js";
export { openModel } from "./models/openModel.js";
export type { PretrainedOptions } from "./models/pretrained/openPretrained.js";
export type { DownloadProgress } from "./models/pretrained/protocol.js";
export * from "./models/table/index.js";
export {
  type BarChartOptions,
  barChart,
  display,
  type Figure,
  type FrameLike,
  type Html,
  insideNotebook,
  type LiveDisplay,
  liveDisplay,
  type MimeBundle,
  type Progress,
  type ProgressOptions,
  palette,
  plot,
  progress,
  type Showable,
  type ShowOptions,
  show,
  textParts,
  tokenHtml,
  tokenText,
} from "./notebook/index.js";
export * from "./tokenizers/index.js";
export * from "./training/batches/index.js";
export * from "./training/corpus/index.js";

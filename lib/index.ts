export * from "./core/index.js";
export * from "./decoding/index.js";
export { listModels, type ModelEntry } from "./models/catalog.js";
export { openModel } from "./models/openModel.js";
export type { PretrainedOptions } from "./models/pretrained/openPretrained.js";
export type { DownloadProgress } from "./models/pretrained/protocol.js";
export * from "./models/table/index.js";
export * from "./models/trainable/index.js";
export { type ModelFiles, readModelFiles } from "./models/trained/modelFiles.js";
export {
  type BarChartOptions,
  barChart,
  type ChartLine,
  display,
  type Figure,
  type FrameLike,
  type Html,
  insideNotebook,
  type LineChartOptions,
  type LiveDisplay,
  lineChart,
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
  trainingChart,
  type WatchOptions,
  watchTraining,
} from "./notebook/index.js";
export * from "./tokenizers/index.js";
export * from "./training/index.js";

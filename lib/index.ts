export * from "./chat/index.js";
export * from "./core/index.js";
export * from "./decoding/index.js";
export { listModels, type ModelEntry } from "./models/catalog.js";
export { openModel } from "./models/openModel.js";
export type { PretrainedOptions } from "./models/pretrained/openPretrained.js";
export type { DownloadProgress } from "./models/pretrained/protocol.js";
export * from "./models/remote/index.js";
export * from "./models/table/index.js";
export * from "./models/trainable/index.js";
export { exportOnnx } from "./models/trained/exportOnnx.js";
export { type ModelFiles, readModelFiles } from "./models/trained/modelFiles.js";
export {
  type BarChartOptions,
  barChart,
  type ChartLine,
  comparisonChart,
  display,
  type Figure,
  type FrameLike,
  foldedTexts,
  type Html,
  insideNotebook,
  type LineChartOptions,
  type LiveDisplay,
  lineChart,
  liveDisplay,
  type MimeBundle,
  type NamedText,
  type Progress,
  type ProgressOptions,
  palette,
  plot,
  progress,
  type Showable,
  type ShowOptions,
  show,
  type TreeChartOptions,
  textParts,
  tokenHtml,
  tokenText,
  trainingChart,
  treeChart,
  type WatchOptions,
  watchTraining,
} from "./notebook/index.js";

export { type ChatPage, type ChatPageOptions, chatPage } from "./server/chatPage/chatPage.js";
export { createPlayground } from "./server/playground/createPlayground.js";
export { safeHtml } from "./server/playground/safeHtml.js";
export type {
  Playground,
  PlaygroundCorpus,
  PlaygroundModel,
  PlaygroundOptions,
  PlaygroundRoom,
  RoomName,
  SampleHtml,
  SampleRecord,
  SampleTexts,
  SampleView,
  Template,
} from "./server/playground/types.js";
export * from "./tokenizers/index.js";
export * from "./training/index.js";

export { type BarChartOptions, barChart } from "./charts.js";
export { comparisonChart } from "./comparisonChart.js";
export {
  type DisplayOptions,
  display,
  insideNotebook,
  type LiveDisplay,
  liveDisplay,
  type MimeBundle,
  type TextStream,
} from "./display.js";
export type { FrameLike } from "./frame.js";
export { type ChartLine, type LineChartOptions, lineChart } from "./lineChart.js";
export { palette } from "./palette.js";
export { type Figure, plot } from "./plot.js";
export { type Progress, type ProgressOptions, progress } from "./progress.js";
export { type Html, type Showable, type ShowOptions, show } from "./show.js";
export { foldedTexts, type NamedText } from "./texts.js";
export { textParts, tokenHtml, tokenText } from "./tokens.js";
export { type TreeChartOptions, treeChart } from "./treeChart.js";
export { trainingChart, type WatchOptions, watchTraining } from "./watchTraining.js";

export type {
  GivenModelSettings,
  ModelSettings,
  RecurrentSettings,
  TransformerSettings,
} from "./modelSchema.js";
export { type ConfigReadOptions, configText, parseRunConfig, parseSamplingConfig } from "./read.js";
export type { SamplingConfig } from "./samplingSchema.js";
export type { CorpusSettings, RunConfig, TokenizerSettings } from "./schema.js";
export { type TemplateName, templateNames, templateText } from "./templates.js";
export type { ScheduleSettings, TrainingSettings } from "./trainingSchema.js";

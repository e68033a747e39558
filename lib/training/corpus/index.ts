export { corporaDirectory } from "./corporaDirectory.js";
export { distinctDocuments } from "./distinct.js";
export type { CorpusProgress } from "./download.js";
export type { LengthBucket } from "./lengths.js";
export { type CorpusEntry, listCorpora } from "./listCorpora.js";
export { type CorpusOptions, openCorpus } from "./openCorpus.js";
export { sampleDocuments } from "./sample.js";
export { type CorpusPart, type CorpusSplit, type SplitOptions, splitCorpus } from "./split.js";
export {
  type CharacterCount,
  type CorpusStatistics,
  corpusStatistics,
  type StatisticsOptions,
} from "./statistics.js";
export { type CorpusFact, corpusSummary, lengthChart } from "./summary.js";
export type { Corpus, CorpusDocument, DocumentUnit, ReadOptions, TextEncoding } from "./types.js";

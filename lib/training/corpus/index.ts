export { corporaDirectory } from "./corporaDirectory.js";
export { distinctDocuments } from "./distinct.js";
export { type CorpusOptions, openCorpus } from "./openCorpus.js";
export { type CorpusPart, type CorpusSplit, type SplitOptions, splitCorpus } from "./split.js";
export type { Corpus, CorpusDocument, DocumentUnit, ReadOptions, TextEncoding } from "./types.js";

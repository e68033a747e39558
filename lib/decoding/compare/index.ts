export { bleu } from "./bleu.js";
export { type CompareOptions, compare, type Recipes } from "./compare.js";
export { distinct } from "./distinct.js";
export { type MeasureOptions, measureSequences } from "./measure.js";
export { modelLogProb } from "./modelLogProb.js";
export { repetitionRate } from "./repetition.js";
export { comparisonRowName } from "./rowName.js";
export { selfBleu } from "./selfBleu.js";
export type { ComparisonRow, SequenceMeasures } from "./types.js";

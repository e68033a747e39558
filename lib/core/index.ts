export { collect, drain } from "./drain.js";
export * from "./errors.js";
export { hasHiddenStates } from "./hiddenStates.js";
export { hasPrefixCache } from "./prefixCaching.js";
export { assertPrefix } from "./prompt.js";
export { type Random, seededRandom } from "./random.js";
export { entropy, logSoftmax, logSumExp, maxScore, type Row, softmax } from "./rows.js";
export { argmax, topIndices } from "./top.js";
export type * from "./types.js";

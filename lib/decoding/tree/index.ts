export { growTree, startTree } from "./grow.js";
export { pathTo, winnerPath } from "./path.js";
export { treeReader } from "./reader.js";
export { type RankedSequence, rerank } from "./rerank.js";
export { type TreeOptions, traceTree, treeSteps } from "./trace.js";
export type * from "./types.js";

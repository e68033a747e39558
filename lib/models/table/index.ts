export { beamExample } from "./examples.js";
export { type TableOptions, type TableRow, tableModel } from "./tableModel.js";
export { type TableTokenizerOptions, tableTokenizer } from "./tableTokenizer.js";
export type { Distribution } from "./vocabulary.js";

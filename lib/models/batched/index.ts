export { type BatchedOptions, batchedModel } from "./batchedModel.js";

import { loadNative } from "../../../lib/models/backend/loadNative.js";
import { loadTrainingOperations } from "../../../lib/models/native/module.js";

/** Whether set-up has built the native backend; the tests that need it are skipped without. */
export const hasNative = loadNative() === undefined;

/** Whether set-up has compiled the operations for training, which need that backend. */
export const hasOperations = hasNative && loadTrainingOperations();

import { loadNative } from "../../../lib/models/backend/loadNative.js";

/** Whether set-up has built the native backend; the tests that need it are skipped without. */
export const hasNative = loadNative() === undefined;

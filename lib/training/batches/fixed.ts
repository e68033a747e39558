import { OptionError } from "../../core/errors.js";
import type { Batch, Batches } from "./types.js";

/**
 * The next batches of a source, held fast: a validation set that stays the same through a run. At most one epoch, so
 * that nothing counts twice.
 * @throws OptionError unless `count` is a whole number from 1
 */
export function fixedBatches(source: Batches, count = Number.MAX_SAFE_INTEGER): Batch[] {
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    throw new OptionError("count", count, "a whole number from 1");
  }
  return Array.from({ length: Math.min(count, source.batchesPerEpoch) }, () => source.next());
}

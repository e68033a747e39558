import { OptionError } from "../../core/errors.js";
import type { Batch } from "./step.js";

/**
 * Checks that a batch can be computed: TensorFlow's own complaint about a token outside the table names neither token nor
 * place.
 * @throws OptionError that names the first field at fault
 */
export function checkBatch(batch: Batch, vocabSize: number): void {
  const { batchSize, length } = batch;
  for (const field of ["batchSize", "length"] as const) {
    if (!Number.isInteger(batch[field]) || batch[field] < 1) {
      throw new OptionError(field, batch[field], "a whole number from 1");
    }
  }
  for (const field of ["inputs", "targets"] as const) {
    const tokens = batch[field];
    if (tokens.length !== batchSize * length) {
      throw new OptionError(`${field}.length`, tokens.length, `batchSize · length = ${batchSize * length}`);
    }
    const wrong = tokens.findIndex((token) => token < 0 || token >= vocabSize);
    if (wrong >= 0) {
      throw new OptionError(`${field}[${wrong}]`, tokens[wrong], `a token of the vocabulary of ${vocabSize}`);
    }
  }
}

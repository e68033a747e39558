import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { permutation, randomAt, wholeBelow } from "./draws.js";
import { assertSizes, batchNames, batchSequence } from "./sequence.js";
import { assertLongEnough, reordered, type TokenizedDocuments } from "./tokenized.js";
import type { Batches, BatchOptions } from "./types.js";
import { cutRows } from "./windows.js";

export interface StreamOptions extends BatchOptions {
  /**
   * Probability with which a row of a batch begins without the state of the text before. A net that never meets an
   * empty state learns nothing about it: its state soon holds what it needs everywhere, such as the frequencies of
   * words, and texts that it begins itself are worse than they need be. Default 0.
   */
  readonly restarts?: number;
}

const names: OptionNames<StreamOptions> = { ...batchNames, restarts: true };

/**
 * The text read from end to end by `batchSize` readers, each on a stretch of its own, for recurrent nets that carry
 * their state from batch to batch (truncated back-propagation through time). Row `i` of a batch goes on where row `i`
 * of the batch before ended; `continues` is false only at the start of an epoch, where state begins anew. The order
 * of the documents, and where the first reader begins, are drawn for each epoch.
 * @throws OptionError for a text that is too short for all readers, or options out of range
 */
export function contiguousStreams(data: TokenizedDocuments, options: StreamOptions): Batches {
  assertKnownOptions(options, names);
  assertSizes(options);
  const { batchSize, length, seed, restarts = 0 } = options;
  if (!(restarts >= 0 && restarts <= 1)) throw new OptionError("restarts", restarts, "from 0 to 1");
  assertLongEnough(data, length);
  const usable = data.tokens.length - 1;
  const batches = Math.floor(usable / (batchSize * length));
  if (batches === 0) {
    const most = Math.floor(usable / length);
    throw new OptionError("batchSize", batchSize, `at most ${most}: each row reads ${length} tokens or more`);
  }
  const stretch = batches * length;
  return batchSequence(options, batches, (epoch) => {
    const random = randomAt(seed, epoch);
    const { tokens } = reordered(data, permutation(data.starts.length - 1, random));
    const first = wholeBelow(usable - stretch * batchSize + 1, random);
    return (index) => {
      const rows = Array.from({ length: batchSize }, (_, row) => first + row * stretch + index * length);
      const batch = cutRows(tokens, rows, length, index > 0);
      if (restarts === 0 || index === 0) return batch;
      const draws = randomAt(seed, epoch, index);
      const restarted = rows.flatMap((_, row) => (draws.next() < restarts ? [row] : []));
      return restarted.length === 0 ? batch : { ...batch, restarts: restarted };
    };
  });
}

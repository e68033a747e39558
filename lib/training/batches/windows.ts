import { OptionError } from "../../core/errors.js";
import { assertKnownOptions } from "../../core/options.js";
import { permutation, randomAt, wholeBelow } from "./draws.js";
import { assertSizes, batchNames, batchSequence } from "./sequence.js";
import { assertLongEnough, type TokenizedDocuments } from "./tokenized.js";
import type { Batch, Batches, BatchOptions } from "./types.js";

/**
 * Windows that begin anywhere in the text, drawn anew for each row, as nanoGPT does. An epoch is as many batches as it
 * takes to see as many tokens as the text has.
 * @throws OptionError for a text shorter than a window, or options out of range
 */
export function randomWindows(data: TokenizedDocuments, options: BatchOptions): Batches {
  assertKnownOptions(options, batchNames);
  assertSizes(options);
  const { batchSize, length, seed } = options;
  assertLongEnough(data, length);
  const starts = data.tokens.length - length;
  const batchesPerEpoch = Math.max(1, Math.floor((data.tokens.length - 1) / (batchSize * length)));
  return batchSequence(options, batchesPerEpoch, (epoch) => (index) => {
    const random = randomAt(seed, epoch, index);
    const rows = Array.from({ length: batchSize }, () => wholeBelow(starts, random));
    return cutRows(data.tokens, rows, length, false);
  });
}

/**
 * The text cut into windows side by side, each seen once an epoch, in an order drawn anew for each epoch. Where the cuts
 * fall is drawn too, as far as the rest that fills no window leaves room.
 * @throws OptionError for a text with fewer windows than a batch has rows, or options out of range
 */
export function shuffledWindows(data: TokenizedDocuments, options: BatchOptions): Batches {
  assertKnownOptions(options, batchNames);
  assertSizes(options);
  const { batchSize, length, seed } = options;
  assertLongEnough(data, length);
  const windows = Math.floor((data.tokens.length - 1) / length);
  if (windows < batchSize) {
    throw new OptionError("batchSize", batchSize, `at most ${windows}: the text has no more windows`);
  }
  const spare = data.tokens.length - 1 - windows * length;
  return batchSequence(options, Math.floor(windows / batchSize), (epoch) => {
    const random = randomAt(seed, epoch);
    const first = wholeBelow(spare + 1, random);
    const order = permutation(windows, random);
    return (index) => {
      const chosen = order.subarray(index * batchSize, (index + 1) * batchSize);
      const rows = Array.from(chosen, (window) => first + window * length);
      return cutRows(data.tokens, rows, length, false);
    };
  });
}

/** A batch of the windows that begin at these tokens. */
export function cutRows(
  tokens: Int32Array,
  rows: readonly number[],
  length: number,
  continues: boolean,
): Batch {
  const inputs = new Int32Array(rows.length * length);
  const targets = new Int32Array(rows.length * length);
  for (const [row, start] of rows.entries()) {
    inputs.set(tokens.subarray(start, start + length), row * length);
    targets.set(tokens.subarray(start + 1, start + length + 1), row * length);
  }
  return { inputs, targets, batchSize: rows.length, length, continues };
}

import { OptionError } from "../../core/errors.js";
import type { OptionNames } from "../../core/options.js";
import type { Batch, Batches, BatchOptions } from "./types.js";

/** The names of `BatchOptions`. */
export const batchNames: OptionNames<BatchOptions> = {
  batchSize: true,
  length: true,
  seed: true,
  from: true,
};

/** Gives the batch at an index of one epoch. */
export type EpochBatches = (index: number) => Batch;

/**
 * Runs through epochs of equally many batches.
 * @param openEpoch draws what an epoch needs, and is asked once for each
 * @throws OptionError for a size that is none, or a position of other options
 */
export function batchSequence(
  { batchSize, length, seed, from }: BatchOptions,
  batchesPerEpoch: number,
  openEpoch: (epoch: number) => EpochBatches,
): Batches {
  let { epoch, index } = from ?? { epoch: 0, index: 0 };
  if (from) assertPosition(from, seed, batchesPerEpoch);
  let opened: { readonly epoch: number; readonly batches: EpochBatches } | undefined;
  return {
    batchSize,
    length,
    batchesPerEpoch,
    next() {
      if (opened?.epoch !== epoch) opened = { epoch, batches: openEpoch(epoch) };
      const batch = opened.batches(index);
      index++;
      if (index === batchesPerEpoch) [epoch, index] = [epoch + 1, 0];
      return batch;
    },
    position: () => ({ epoch, index, seed }),
  };
}

/** @throws OptionError unless both are whole numbers from 1 */
export function assertSizes({ batchSize, length }: BatchOptions): void {
  for (const [option, value] of Object.entries({ batchSize, length })) {
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new OptionError(option, value, "a whole number from 1");
  }
}

function assertPosition(
  from: NonNullable<BatchOptions["from"]>,
  seed: number,
  batchesPerEpoch: number,
): void {
  const { epoch, index } = from;
  if (from.seed !== seed)
    throw new OptionError("from.seed", from.seed, `the seed of these batches (${seed})`);
  if (!(Number.isSafeInteger(epoch) && epoch >= 0)) {
    throw new OptionError("from.epoch", epoch, "a whole number from 0");
  }
  if (!(Number.isSafeInteger(index) && index >= 0 && index < batchesPerEpoch)) {
    throw new OptionError("from.index", index, `a whole number from 0 to ${batchesPerEpoch - 1}`);
  }
}

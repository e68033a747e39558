import type { Batch as StepBatch } from "../step/step.js";

/** What a training step reads, and how it stands to the batch before. */
export interface Batch extends StepBatch {
  /** Whether each row goes on where the same row of the batch before ended, so that state may be carried over. */
  readonly continues: boolean;
  /** Rows that go on in the text, but without their state. Default: none. */
  readonly restarts?: readonly number[];
}

/** Where a source of batches stands, as plain data. */
export interface BatchPosition {
  /** Whole passes done. */
  readonly epoch: number;
  /** Batches of the running pass that are done. */
  readonly index: number;
  readonly seed: number;
}

/** An endless source of batches: after the last of an epoch comes the first of the next. */
export interface Batches {
  readonly batchSize: number;
  readonly length: number;
  readonly batchesPerEpoch: number;
  next(): Batch;
  /** Where the next batch stands. Given as `from`, the same batches follow, on any machine. */
  position(): BatchPosition;
}

export interface BatchOptions {
  /** Rows of a batch. */
  readonly batchSize: number;
  /** Tokens of a row. */
  readonly length: number;
  /** A whole number from 0 to 2^53 - 1 that decides every draw. */
  readonly seed: number;
  /** Goes on where another source with the same options stood. Default: the beginning. */
  readonly from?: BatchPosition;
}
